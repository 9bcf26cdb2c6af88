// 随机数录入：提交以前把全角数字、空格改好，五位一组显示，数着还差几位。
// 没有脚本时由服务器改好并五位一组显示，第一人核对后另一人再录。
const LEAST = { d10: 20, ball: 20, d6: 31 };
const ENOUGH = { d10: 24, ball: 24, d6: 31 };

function tidy(text) {
  const half = (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0);
  return text.replace(/[０-９]/g, half).replace(/\s+/g, "");
}

function wrong(digits, source) {
  const bad = [...digits].findIndex((sign) => !(source === "d6" ? "123456" : "0123456789").includes(sign));
  if (bad < 0) return "";
  return `第 ${bad + 1} 位是“${[...digits][bad]}”，${source === "d6" ? "六面骰子只有 1 到 6" : "只能是数字"}`;
}

function counted(digits, source) {
  const count = digits.length;
  if (count < LEAST[source]) return `已录 ${count} 位，至少还差 ${LEAST[source] - count} 位`;
  if (count < ENOUGH[source]) return `已录 ${count} 位，够了；建议掷到 ${ENOUGH[source]} 位`;
  return `已录 ${count} 位，够了`;
}

function watch(input) {
  const choice = input.form.querySelector("[name=source]");
  const groups = document.createElement("p");
  const note = document.createElement("p");
  groups.className = "digit-groups";
  note.className = "small";
  note.setAttribute("role", "status");
  input.after(groups, note);
  const show = (event) => {
    if (event?.isComposing) return;
    const digits = tidy(input.value);
    if (digits !== input.value) input.value = digits;
    const source = choice?.value || input.form.dataset.source || "d10";
    const fault = wrong(digits, source);
    groups.textContent = (digits.match(/.{1,5}/gu) || []).join(" ");
    note.textContent = fault || counted(digits, source);
    note.classList.toggle("late", Boolean(fault));
  };
  input.addEventListener("input", show);
  input.addEventListener("compositionend", () => show());
  choice?.addEventListener("change", show);
  show();
}

document.querySelectorAll("input[data-digits]").forEach(watch);
