import {
  byLevel, chooseLevel, levelOf, levelProblem, levelText, lowerText, paintLevels, sealLine,
} from "./levels.js";
import { paintSections } from "./sections.js";

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

// 评分表的查错：情形和扣分要一致，扣了分要有页码。服务器会再查一遍，这里只为当场提醒。
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
  if (item.classList.contains("off")) {
    return item.querySelector(".nt").value.trim() ? "" : "请在说明里写明不评的原因";
  }
  if (byLevel(item)) return levelProblem(item);
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

// 不适用、无法评价没写原因的，不算评过，也不存。
export const noReason = (item) => item.classList.contains("off") && !item.querySelector(".nt").value.trim();

export function problems(items) {
  return items.map((item) => ({ item, text: problemOf(item) })).filter((one) => one.text);
}

// 评分表的显示：一项的得分和小结，各部分和总分。等次只照服务器说的显示，全部评完才有。
const STATES = { na: "不适用", cannot: "无法评价" };
const GRADES = {
  优秀: ["g1", "◆"], 优良: ["g1", "◆"], 良好: ["g2", "●"], 合格: ["g3", "○"], 不合格: ["g4", "✕"],
};

export function describe({ deduction, state, level }) {
  if (state) return STATES[state];
  if (level !== undefined) return level ? levelText(level) : "未评";
  if (deduction === "" || deduction == null) return "未评";
  return Number(deduction) === 0 ? "不扣分" : `扣 ${Number(deduction)} 分`;
}

function span(text, name) {
  const node = document.createElement("span");
  node.textContent = text;
  if (name) node.className = name;
  return node;
}

// 画扣分和得分，返回小结里的字；不扣分返回空。
function paintAmount(item, state) {
  const field = item.querySelector(".ded");
  const amount = cents(field.value);
  const scored = amount !== null && !Number.isNaN(amount);
  const less = scored && amount > 0 && !state;
  field.classList.toggle("minus", less);
  field.classList.toggle("zero", amount === 0);
  const got = item.querySelector("[data-got]");
  got.classList.toggle("dash", !scored);
  got.textContent = STATES[state] || (scored ? show(cents(item.dataset.full) - amount) : "—");
  return less ? minus(amount) : "";
}

function bold(text) {
  const node = document.createElement("b");
  node.textContent = text;
  return node;
}

export function paintItem(item) {
  const state = item.querySelector(".alt :checked")?.value || "";
  const less = byLevel(item) ? !state && lowerText(item) : paintAmount(item, state);
  item.classList.toggle("minus", Boolean(less));
  item.classList.toggle("off", Boolean(state));
  const brief = item.querySelector("[data-brief]");
  brief.replaceChildren();
  if (state && byLevel(item)) brief.append(bold(STATES[state]), " ");
  if (state && item.querySelector(".nt").value) brief.append(span(item.querySelector(".nt").value));
  if (!less) return;
  brief.append(bold(less), " ");
  for (const box of item.querySelectorAll(".reasons :checked")) {
    brief.append(span(box.closest("label").querySelector("span").textContent, "why"), " ");
  }
  const [pages, note] = [item.querySelector(".pg").value, item.querySelector(".nt").value];
  if (pages) brief.append(span(`卷宗第 ${pages} 页`), " ");
  if (note) brief.append(span(note), " ");
  const edit = document.createElement("label");
  edit.className = "link";
  edit.htmlFor = item.querySelector(".ded, .lvl input").id;
  edit.textContent = "修改";
  brief.append(edit);
}

function tally(items) {
  const sum = { full: 0, deducted: 0, scored: 0, count: 0, skipped: 0 };
  for (const item of items) {
    const amount = cents(item.querySelector(".ded").value);
    const state = item.querySelector(".alt :checked")?.value;
    sum.count += 1;
    if (state) sum.skipped += 1;
    else sum.full += cents(item.dataset.full);
    if (state || (amount !== null && !Number.isNaN(amount))) sum.scored += 1;
    if (!state && amount > 0 && amount <= cents(item.dataset.full)) sum.deducted += amount;
  }
  return sum;
}

// 不适用和无法评价的项目不计满分，其余折成百分制。
function scoreOf(sum) {
  if (!sum.skipped || !sum.full) return [show(sum.full - sum.deducted), show(sum.full)];
  return [show(((sum.full - sum.deducted) * 10000) / sum.full), "100"];
}

export function paintTotals(form, items, answer) {
  if (form.matches("[data-levels]")) {
    if (paintLevels(form, items)) paintGrade(form, {});
    return;
  }
  const sum = tally(items);
  const [score, full] = answer ? [String(Number(answer.score)), String(Number(answer.full))] : scoreOf(sum);
  form.querySelectorAll("[data-total]").forEach((node) => (node.textContent = score));
  form.querySelector("[data-of]").textContent = full;
  form.querySelector("[data-deducted]").textContent = show(sum.deducted);
  form.querySelector("[data-done]").textContent = sum.scored;
  if (sum.scored < sum.count) paintGrade(form, {});
  paintSections(form, items, tally, (part) => part.scored && minus(part.deducted));
}

export function paintGrade(form, { grade }) {
  const place = form.querySelector("[data-grade]");
  const [kind, sign] = GRADES[grade] || [];
  const when = form.matches("[data-levels]") ? "全部评完并作出总体判断" : "全部评完";
  if (!kind) return place.replaceChildren(`${when}后显示对应等次。`);
  const tag = span("", `grade ${kind}`);
  const mark = document.createElement("i");
  mark.textContent = sign;
  mark.setAttribute("aria-hidden", "true");
  tag.append(mark, grade);
  place.replaceChildren("对应等次 ", tag);
}

// 一项的内容：读出来、填回去。
export function values(item) {
  const state = item.querySelector(".alt :checked");
  const reasons = [...item.querySelectorAll(".reasons :checked")].map((box) => box.value);
  const entered = byLevel(item) ? { level: state ? "" : levelOf(item) } : {
    deduction: state ? "" : tidy(item.querySelector(".ded").value),
  };
  return {
    ...entered,
    state: state ? state.value : "",
    reasons: state ? [] : reasons,
    pages: item.querySelector(".pg").value,
    note: item.querySelector(".nt").value,
  };
}

export function fill(item, { deduction, level, state, reasons, pages, note }) {
  const blank = deduction === "" || deduction == null;
  if (byLevel(item)) chooseLevel(item, level || "");
  else item.querySelector(".ded").value = blank ? "" : show(cents(String(deduction)));
  item.querySelectorAll(".alt input").forEach((box) => (box.checked = box.value === state));
  const chosen = (reasons || []).map(String);
  item.querySelectorAll(".reasons input").forEach((box) => (box.checked = chosen.includes(box.value)));
  item.querySelector(".pg").value = pages || "";
  item.querySelector(".nt").value = note || "";
  paintItem(item);
}

export function standardOf(item) {
  const parts = document.createElement("div");
  const add = (tag, text, name) => {
    const node = document.createElement(tag);
    node.textContent = text;
    if (name) node.className = name;
    parts.append(node);
    return node;
  };
  add("h2", nameOf(item));
  const levels = byLevel(item);
  add("p", levels ? "评 3（好）、2（一般）或 1（差）" : `满分 ${item.dataset.full} 分`, "meta");
  add("p", item.querySelector(".guide > span").textContent);
  const reasons = [...item.querySelectorAll(".reasons label")];
  if (item.dataset.rule || reasons.length) add("h3", levels ? "评等说明" : "扣分尺度");
  if (item.dataset.rule) add("p", item.dataset.rule);
  const list = document.createElement("ul");
  for (const reason of item.dataset.rule ? [] : reasons) {
    const line = document.createElement("li");
    const amount = reason.querySelector("small");
    line.textContent = reason.querySelector("span").textContent + (amount ? `：${amount.textContent}` : "");
    list.append(line);
  }
  if (list.children.length) parts.append(list);
  for (const [title, text] of [["看卷位置", item.dataset.where], ["培训口径", item.dataset.training]]) {
    if (text) {
      add("h3", title);
      add("p", text);
    }
  }
  return parts;
}

export function showProblems(found) {
  const box = document.querySelector("#score-errors");
  const list = document.createElement("ul");
  for (const { item, href, name, text } of found) {
    const line = document.createElement("li");
    const link = document.createElement("a");
    link.href = href || `#${item.querySelector(".ded, .lvl input").id}`;
    link.textContent = `${name || nameOf(item)}：${text}`;
    line.append(link);
    list.append(line);
  }
  const title = document.createElement("strong");
  title.textContent = `还不能提交，有 ${found.length} 处要改`;
  box.className = "summary";
  box.tabIndex = -1;
  box.setAttribute("role", "alert");
  box.replaceChildren(title, list);
  scrollTo({ top: 0 });
  box.focus({ preventScroll: true });
}

export function roveQueue(list) {
  const cells = [...list.querySelectorAll("a")];
  const here = cells.findIndex((cell) => cell.matches(".current"));
  cells.forEach((cell, at) => (cell.tabIndex = at === Math.max(here, 0) ? 0 : -1));
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    cells[(cells.indexOf(event.target) + step + cells.length) % cells.length].focus();
  });
}

// 一组情形只占一个 Tab 位，焦点走到哪个哪个可停。
export function roam(box) {
  box.closest(".reasons").querySelectorAll("input").forEach((one) => (one.tabIndex = one === box ? 0 : -1));
}

export const nameOf = (item) =>
  `${item.querySelector(".no").textContent} ${item.querySelector(".what > label, .what > b").textContent}`;

// 还没有评的项目：不适用、无法评价的算评过。
export const unscored = (item) =>
  !item.classList.contains("off") &&
  (byLevel(item) ? !levelOf(item) : cents(item.querySelector(".ded").value) === null);

const lowerOf = (item) => (byLevel(item) ? lowerText(item) : minus(cents(item.querySelector(".ded").value)));

// 提交前问的话：总分、等次、逐条扣分。
export function sealWords(form, items) {
  const less = items.filter((item) => item.classList.contains("minus"));
  const list = document.createElement("ul");
  for (const item of less) {
    const line = document.createElement("li");
    line.textContent = `${nameOf(item)} ${lowerOf(item)}`;
    list.append(line);
  }
  const told = form.dataset.told || "提交后不能自行修改；两位专家都提交后可互看，改分须经协商。";
  if (form.matches("[data-levels]")) return { text: sealLine(form, items) + told, list };
  const grade = form.querySelector("[data-side] .grade");
  const total = form.querySelector("[data-side] [data-total]").textContent;
  const text = [
    `总分 ${total}${grade ? `，对应${grade.lastChild.textContent}` : ""}。`,
    `扣分 ${less.length} 项，其余 ${items.length - less.length} 项不扣分。`,
    told,
  ];
  return { text: text.join(""), list };
}
