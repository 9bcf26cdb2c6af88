// 逐项评等次：一项评 3、2、1，全卷另作 1 到 5 的总体判断。数字大的好，两者互不相加。
import { paintSections } from "./sections.js";

export const LEVELS = { 3: "好", 2: "一般", 1: "差" };
const BEST = 3;

export const byLevel = (item) => item.classList.contains("bylevel");
export const levelOf = (item) => item.querySelector(".lvl :checked")?.value || "";
export const levelText = (level) => `${level} ${LEVELS[level]}`;
export const levelField = (item) =>
  item.querySelector(".lvl :checked") || item.querySelector(".lvl input");

export function chooseLevel(item, level) {
  item.querySelectorAll(".lvl input").forEach((one) => (one.checked = one.value === String(level)));
}

// 低于最好一等的，返回要写在小结里的字。
export const lowerText = (item) => {
  const level = levelOf(item);
  return level && Number(level) < BEST ? levelText(level) : "";
};

// 评 1 要有情形或说明，并有页码。
export function causeTrouble(item) {
  if (levelOf(item) !== "1") return "";
  const boxes = item.querySelectorAll(".reasons input");
  const told = item.querySelector(".reasons :checked") || item.querySelector(".nt").value.trim();
  if (!told) return boxes.length ? "评为 1 差，请勾选情形或在说明里写明理由" : "评为 1 差，请在说明里写明理由";
  return "";
}

export function levelProblem(item) {
  if (!levelOf(item)) return "还没有评";
  if (causeTrouble(item)) return causeTrouble(item);
  return levelOf(item) === "1" && !item.querySelector(".pg").value.trim() ? "评为 1 差，请填卷宗页码" : "";
}

// 总体判断：一组单选，另存一次，与各项无关。
const group = (form) => form.querySelector("[data-overall]");
export const overallOf = (form) => group(form)?.querySelector(":checked")?.value || "";
export const overallField = (form) => group(form)?.querySelector(":checked") || group(form)?.querySelector("input");
export const overallWas = (form) => group(form).dataset.was;

export function setOverall(form, value) {
  group(form).querySelectorAll("input").forEach((one) => (one.checked = one.value === String(value)));
}

export function overallSaved(form, value) {
  group(form).dataset.was = value ?? overallOf(form);
}

// 键盘 1 到 5；返回是否认得。
export function overallKey(form, typed) {
  if (!/^[1-5]$/.test(typed)) return false;
  setOverall(form, typed);
  return true;
}

export function wholeProblems(form) {
  if (!group(form)) return [];
  const found = [];
  if (!overallOf(form)) found.push({ href: `#${overallField(form).id}`, name: "总体判断", text: "还没有作出，5 最好，1 最差" });
  if (!form.elements.comment.value.trim()) found.push({ href: "#comment", name: "总体意见", text: "请写明总体判断的理由" });
  return found;
}

const givenText = (counts, levels) => levels.filter((one) => counts[one]).map((one) => `${LEVELS[one]} ${counts[one]}`).join("、");

function count(items) {
  const found = { scored: 0 };
  for (const item of items) {
    const level = item.querySelector(".alt :checked") ? "" : levelOf(item);
    if (level) found[level] = (found[level] || 0) + 1;
    if (level || item.classList.contains("off")) found.scored += 1;
  }
  return found;
}

// 返回是否还有没评的（那时不显示等次）。
export function paintLevels(form, items) {
  const all = count(items);
  const given = givenText(all, [3, 2, 1]);
  form.querySelectorAll("[data-total]").forEach((node) => {
    node.textContent = overallOf(form) || "未作";
    node.classList.toggle("none", !overallOf(form));
  });
  form.querySelector("[data-given]").textContent = given ? `：${given}` : "";
  form.querySelector("[data-done]").textContent = all.scored;
  paintSections(form, items, count, (part) => givenText(part, [2, 1]));
  return all.scored < items.length || !overallOf(form);
}

export const sealLine = (form, items) => `总体判断 ${overallOf(form)}${gradeWord(form)}。各项：${givenText(count(items), [3, 2, 1]) || "都没有评等次"}。`;

function gradeWord(form) {
  const grade = form.querySelector("[data-side] .grade");
  return grade ? `，对应${grade.lastChild.textContent}` : "";
}
