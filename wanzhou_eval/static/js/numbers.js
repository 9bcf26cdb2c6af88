// 分数一律按“百分之一分”的整数算，免得 0.1 + 0.2。
export function tidy(text) {
  return text
    .replace(/[０-９]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) - 0xfee0))
    .replace(/[。．·]/g, ".")
    .replace(/\s/g, "");
}

// 空白返回 null，不是数返回 NaN。
export function cents(text) {
  const plain = tidy(text);
  if (!plain) return null;
  if (!/^(\d{1,3}(\.\d{0,2})?|\.\d{1,2})$/.test(plain)) return NaN;
  return Math.round(Number(plain) * 100);
}

export function show(value) {
  return String(Math.round(value) / 100);
}

export function minus(value) {
  return value ? "−" + show(value) : "0";
}
