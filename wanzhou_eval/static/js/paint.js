// 评分表的显示：一项的得分和小结，各部分和总分。等次只照服务器说的显示，全部评完才有。
import { cents, minus, show } from "./numbers.js";

const STATES = { na: "不适用", cannot: "待定" };
const GRADES = {
  优秀: ["g1", "◆"], 优良: ["g1", "◆"], 良好: ["g2", "●"], 合格: ["g3", "○"], 不合格: ["g4", "✕"],
};

export function describe(deduction, state) {
  if (state) return STATES[state];
  if (deduction === "" || deduction == null) return "未评";
  return Number(deduction) === 0 ? "不扣分" : `扣 ${Number(deduction)} 分`;
}

function span(text, name) {
  const node = document.createElement("span");
  node.textContent = text;
  if (name) node.className = name;
  return node;
}

export function paintItem(item) {
  const field = item.querySelector(".ded");
  const amount = cents(field.value);
  const state = item.querySelector(".alt :checked")?.value || "";
  const scored = amount !== null && !Number.isNaN(amount);
  const less = scored && amount > 0 && !state;
  item.classList.toggle("minus", less);
  item.classList.toggle("off", Boolean(state));
  field.classList.toggle("minus", less);
  field.classList.toggle("zero", amount === 0);
  const got = item.querySelector("[data-got]");
  got.classList.toggle("dash", !scored);
  got.textContent = STATES[state] || (scored ? show(cents(item.dataset.full) - amount) : "—");
  const brief = item.querySelector("[data-brief]");
  brief.replaceChildren();
  if (!less) return;
  const bold = document.createElement("b");
  bold.textContent = minus(amount);
  brief.append(bold, " ");
  for (const box of item.querySelectorAll(".reasons :checked")) {
    brief.append(span(box.closest("label").querySelector("span").textContent, "why"), " ");
  }
  const [pages, note] = [item.querySelector(".pg").value, item.querySelector(".nt").value];
  if (pages) brief.append(span(`卷宗第 ${pages} 页`), " ");
  if (note) brief.append(span(note), " ");
  const edit = document.createElement("label");
  edit.className = "link";
  edit.htmlFor = field.id;
  edit.textContent = "修改";
  brief.append(edit);
}

function tally(items) {
  const sum = { full: 0, deducted: 0, scored: 0, count: 0, skipped: 0 };
  for (const item of items) {
    const amount = cents(item.querySelector(".ded").value);
    const state = item.querySelector(".alt :checked")?.value;
    sum.count += 1;
    if (state === "na") sum.skipped += 1;
    else sum.full += cents(item.dataset.full);
    if (state || (amount !== null && !Number.isNaN(amount))) sum.scored += 1;
    if (!state && amount > 0 && amount <= cents(item.dataset.full)) sum.deducted += amount;
  }
  return sum;
}

// 有不适用项时按适用项目满分折成百分制。
function scoreOf(sum) {
  if (!sum.skipped || !sum.full) return [show(sum.full - sum.deducted), show(sum.full)];
  return [show(((sum.full - sum.deducted) * 10000) / sum.full), "100"];
}

export function paintTotals(form, items, answer) {
  const sum = tally(items);
  const [score, full] = answer ? [String(Number(answer.score)), String(Number(answer.full))] : scoreOf(sum);
  form.querySelectorAll("[data-total]").forEach((node) => (node.textContent = score));
  form.querySelector("[data-of]").textContent = full;
  form.querySelector("[data-deducted]").textContent = show(sum.deducted);
  form.querySelector("[data-done]").textContent = sum.scored;
  if (sum.scored < sum.count) paintGrade(form, {});
  for (const head of form.querySelectorAll("[data-sect]")) {
    const part = tally(items.filter((item) => item.dataset.code === head.dataset.sect));
    head.querySelector("[data-scored]").textContent = part.scored;
    const button = head.querySelector("[data-rest]");
    if (button) {
      button.hidden = part.scored === part.count;
      button.querySelector("[data-left]").textContent = part.count - part.scored;
    }
    const row = form.querySelector(`[data-by="${head.dataset.sect}"]`);
    if (!row) continue;
    row.querySelector("[data-count]").textContent = `${part.scored}/${part.count}`;
    row.querySelector("[data-minus]").textContent = part.scored ? minus(part.deducted) : "—";
  }
}

export function paintGrade(form, { grade }) {
  const place = form.querySelector("[data-grade]");
  const [kind, sign] = GRADES[grade] || [];
  if (!kind) return place.replaceChildren("全部评完后显示对应等次。");
  const tag = span("", `grade ${kind}`);
  const mark = document.createElement("i");
  mark.textContent = sign;
  mark.setAttribute("aria-hidden", "true");
  tag.append(mark, grade);
  place.replaceChildren("对应等次 ", tag);
}
