// 评分表的查错：情形和扣分要一致，扣了分要有页码。服务器会再查一遍，这里只为当场提醒。
import { cents, show } from "./numbers.js";

const amountOf = (item) => cents(item.querySelector(".ded").value);

export function reasonTrouble(item) {
  const amount = amountOf(item);
  const boxes = item.querySelectorAll(".reasons input");
  const checked = [...boxes].filter((box) => box.checked);
  if (!amount || !boxes.length || !checked.length || checked.some((box) => !box.dataset.low)) return "";
  const full = cents(item.dataset.full);
  const low = Math.min(checked.reduce((sum, box) => sum + cents(box.dataset.low), 0), full);
  const high = Math.min(checked.reduce((sum, box) => sum + cents(box.dataset.high || box.dataset.low), 0), full);
  if (amount >= low && amount <= high) return "";
  return `所选情形应扣 ${show(low)}${high > low ? `—${show(high)}` : ""} 分，现在填的是 ${show(amount)}`;
}

function problemOf(item) {
  if (item.classList.contains("off")) return "";
  const amount = amountOf(item);
  if (amount === null) return "还没有评";
  if (Number.isNaN(amount)) return "扣分请填数字";
  if (amount > cents(item.dataset.full)) return `最多扣 ${item.dataset.full} 分`;
  if (!amount) return "";
  const boxes = item.querySelectorAll(".reasons input");
  if (boxes.length && ![...boxes].some((box) => box.checked)) return `扣了 ${show(amount)} 分，请勾选扣分情形`;
  if (!item.querySelector(".pg").value.trim()) return `扣了 ${show(amount)} 分，请填卷宗页码`;
  return reasonTrouble(item);
}

export function problems(items) {
  return items.map((item) => ({ item, text: problemOf(item) })).filter((one) => one.text);
}
