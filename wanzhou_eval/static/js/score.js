/* 评分表。没有脚本时整张表一次提交：ded-编号、state-编号、reason-编号（可多个）、pages-编号、
   note-编号、version-编号，action=save|check|leave，或 rest=部分编号（本节其余项不扣分）。

   有脚本时逐项保存：
   POST save_url，表单编码，头 Accept: application/json、X-CSRFToken
     item        项目编号（一票否决情形用 veto=编号，checked=1 或空）
     deduction   扣分，空白是还没评；评等次的项目是 level，3、2、1
     state       空、na（不适用）、cannot（无法评价）
     reasons     扣分情形编号，可重复
     pages note  卷宗页码、说明；草稿可以不全，提交时才查
     version     本项的行版本
     bulk        1 表示由“本节其余项不扣分”写入，留痕用
     overall     总体判断 1 到 5（评等次的评分表），单独一次，was 是这个窗口上次知道的
     comment     总体意见，单独一次，was 是这个窗口打开时的；提交时随 data-seal 表单再送一遍
   200 {version, saved_at, sheet_version（可无）, totals: {score, full, deducted, scored_count, item_count, grade,
        sections: [{code, scored_count, item_count, deducted}]}}；saved_at 是 15:42:08
   409 {message, theirs: {deduction, state, reasons, pages, note, version, saved_at}}
   422、403 {message}
   提交：POST submit_url（data-seal 表单），由服务器再查一遍。 */
import { createSaver, wipeDrafts } from "./autosave.js";
import { openDialog } from "./dialog.js";
import {
  byLevel, causeTrouble, chooseLevel, levelField, levelOf, overallField, overallKey, overallOf,
  overallSaved, overallWas, setOverall, wholeProblems,
} from "./levels.js";
import {
  cents, describe, fill, nameOf, noReason, paintGrade, paintItem, paintTotals, problems,
  reasonTrouble, roam, roveQueue, sealWords, show, showProblems, standardOf, tidy, unscored, values,
} from "./sheet.js";

const form = document.querySelector("[data-score]");
const items = [...form.querySelectorAll(".item")];
const open = !form.querySelector(":scope > .scoring > fieldset").disabled;
const status = form.querySelector("[data-save]");
const byId = (id) => items.find((item) => item.dataset.item === id);
const main = (item) => item.querySelector(".ded") || levelField(item);

const saver = !open ? null : createSaver({
  url: form.getAttribute("action"),
  csrf: form.elements.csrfmiddlewaretoken.value,
  sheet: form.dataset.sheet,
  user: document.body.dataset.user,
  on: {
    state: (state, text, link) => tell(state, text, link),
    saved: (id, data) => {
      tell("saved", `已自动保存 ${data.saved_at}`);
      if (id === "comment") form.elements.comment.dataset.was = data.comment;
      if (id === "overall") overallSaved(form, data.overall);
      const hidden = form.elements[`version-${id}`];
      if (hidden) hidden.value = data.version;
      if (data.sheet_version) {
        document.querySelectorAll("[name=sheet_version]").forEach((field) => (field.value = data.sheet_version));
      }
      if (data.totals) paintGrade(form, data.totals);
      if (data.totals && !Object.keys(saver.pending).length) paintTotals(form, items, data.totals);
    },
    refused: (id, message) => {
      tell("refused", "有一项没存上，看红字");
      const item = byId(id);
      if (item) trouble(item, message);
      else tell("refused", message);
    },
    conflict: (id, mine, data) => askWhich(id, mine, data),
  },
});

// link：登录过期时给一个去处，登录后回到这一页，本机存的接着补传。
function tell(state, text, link) {
  status.dataset.state = state;
  const words = status.querySelector("span");
  words.textContent = text;
  if (!link) return;
  const go = document.createElement("a");
  go.href = `/login/?timeout=1&next=${encodeURIComponent(location.pathname)}`;
  go.textContent = link;
  words.append(" ", go);
}

function trouble(item, message) {
  item.querySelector(".err").textContent = message;
  item.classList.toggle("bad", Boolean(message));
  const field = item.querySelector(".ded, .lvl");
  if (message) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
}

const vetoRow = (id) => form.querySelector(`[data-veto="${id.replace(/^v/, "")}"]`);

function describeOther(one) {
  if (one.overall !== undefined) return one.overall || "空白";
  if (one.comment !== undefined) return one.comment ? `“${one.comment.slice(0, 20)}”` : "空白";
  return one.checked ? "成立" : "不成立";
}

function fillVeto(row, { checked, pages, note }) {
  const [box, where, words] = row.querySelectorAll("input");
  box.checked = Boolean(checked);
  [where.value, words.value] = [pages || "", note || ""];
}

function askWhich(id, mine, { theirs }) {
  const [item, row] = [byId(id), vetoRow(id)];
  const whole = id === "overall" ? "总体判断" : "总体意见";
  const name = item ? nameOf(item) : row ? row.querySelector("b").textContent : whole;
  const word = (one) => (item ? describe(one) : describeOther(one));
  const at = theirs.saved_at ? ` ${theirs.saved_at.slice(0, 5)} ` : "";
  const box = openDialog({
    title: `这一项${at}在另一窗口改成 ${word(theirs)}，用哪个？`,
    text: `${name}：这里填的是 ${word(mine)}。`,
    buttons: [
      { label: `用这里的（${word(mine)}）`, act: () => saver.resolve(id, true) },
      { label: `用那边的（${word(theirs)}）`, primary: true, act: () => takeTheirs() },
    ],
  });
  const takeTheirs = () => {
    if (item) fill(item, theirs);
    else if (row) fillVeto(row, theirs);
    else if (id === "overall") setOverall(form, theirs.overall);
    else form.elements.comment.value = theirs.comment;
    saver.resolve(id, false);
    repaint();
  };
  box.addEventListener("cancel", takeTheirs);
}

function repaint() {
  paintTotals(form, items);
}

// 改了一项：查、画、存。over 是数不对，不发出去。
function changed(item, { soon = false, bulk = false } = {}) {
  if (!open) return;
  paintItem(item);
  const amount = byLevel(item) ? null : cents(main(item).value);
  const full = cents(item.dataset.full || "");
  if (Number.isNaN(amount)) trouble(item, "扣分请填数字，如 2 或 1.5");
  else if (amount !== null && amount > full) trouble(item, `本项满分 ${show(full)}，最多扣 ${show(full)}`);
  else if (noReason(item)) trouble(item, "请在说明里写明原因，写了才保存");
  else {
    trouble(item, soon && !byLevel(item) ? reasonTrouble(item) : "");
    saver.change(item.dataset.item, values(item), { soon, bulk });
  }
  repaint();
}

function go(item) {
  if (!item) return goOn();
  main(item).focus({ preventScroll: true });
  main(item).select();
  item.scrollIntoView({ block: "nearest" });
}

// 各项都评过以后：总体判断，意见，提交。
function goOn() {
  const overall = overallField(form);
  if (overall && !overallOf(form)) overall.focus();
  else if (overall && !form.elements.comment.value.trim()) form.elements.comment.focus();
  else form.querySelector("[data-submit]").focus();
}

function advance(item) {
  const at = items.indexOf(item);
  go(items.slice(at + 1).find(unscored) || items.slice(0, at).find(unscored));
}

function enterAmount(item) {
  const amount = cents(main(item).value);
  if (item.classList.contains("off")) return advance(item);
  if (amount === null) main(item).value = "0";
  changed(item, { soon: true });
  if (item.classList.contains("bad") && !item.classList.contains("minus")) return;
  if (Number.isNaN(amount) || amount > cents(item.dataset.full)) return;
  if (!amount) return advance(item);
  intoPanel(item);
}

function intoPanel(item) {
  const first = item.querySelector(".reasons input[tabindex='0']") || item.querySelector(".pg");
  first.focus({ preventScroll: true });
  item.scrollIntoView({ block: "nearest" });
}

// 选了等次：评 1 接着选情形、填页码，其余到下一项。
function picked(item) {
  item.querySelectorAll(".alt input").forEach((box) => (box.checked = false));
  changed(item, { soon: true });
}

function levelKeys(event, item) {
  const at = items.indexOf(item);
  const key = event.key.normalize("NFKC").toLowerCase();
  const state = item.querySelector(`.alt input[value="${{ c: "cannot", n: "na" }[key]}"]`);
  if (/^[123]$/.test(key)) {
    chooseLevel(item, key);
    picked(item);
    if (key === "1") intoPanel(item);
    else advance(item);
  } else if (state) {
    state.checked = !state.checked;
    toggleState(state);
  } else if (event.key === "Enter") {
    if (levelOf(item) === "1" && !item.classList.contains("off")) intoPanel(item);
    else go(items[at + 1]);
  } else if (event.key === "ArrowDown") go(items[Math.min(at + 1, items.length - 1)]);
  else if (event.key === "ArrowUp") go(items[Math.max(at - 1, 0)]);
  else if (["Backspace", "Delete"].includes(event.key)) {
    chooseLevel(item, "");
    changed(item, { soon: true });
  } else return;
  event.preventDefault();
}

function overallChanged() {
  saver.change("overall", { overall: overallOf(form), was: overallWas(form) }, { soon: true });
  repaint();
}

function wholeKeys(event) {
  if (event.key === "Enter") form.elements.comment.focus();
  else if (overallKey(form, tidy(event.key))) {
    overallField(form).focus();
    overallChanged();
  } else return;
  event.preventDefault();
}

function enterPages(item) {
  const note = item.querySelector(".nt");
  const other = [...item.querySelectorAll(".reasons :checked")].some((box) =>
    box.closest("label").textContent.includes("其他"));
  if (!item.querySelector(".pg").value.trim()) return trouble(item, "请填卷宗页码，如 17 或 31-32");
  if (other && !note.value.trim()) return note.focus();
  changed(item, { soon: true });
  if (byLevel(item) && causeTrouble(item)) {
    trouble(item, causeTrouble(item));
    return note.focus();
  }
  if (byLevel(item) || !reasonTrouble(item)) advance(item);
}

function toggleReason(box) {
  const item = box.closest(".item");
  const checked = [...item.querySelectorAll(".reasons :checked")];
  const fixed = checked.length && checked.every((one) => one.dataset.low && one.dataset.low === one.dataset.high);
  if (fixed) {
    const sum = checked.reduce((total, one) => total + cents(one.dataset.low), 0);
    main(item).value = show(Math.min(sum, cents(item.dataset.full)));
  }
  roam(box);
  changed(item, { soon: true });
}

function reasonKeys(event, box) {
  const all = [...box.closest(".reasons").querySelectorAll("input")];
  const hit = all.find((one) => one.dataset.key === tidy(event.key));
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (hit) {
    hit.checked = !hit.checked;
    hit.focus();
    toggleReason(hit);
  } else if (step) {
    const next = all[(all.indexOf(box) + step + all.length) % all.length];
    roam(next);
    next.focus();
  } else if (event.key === "Enter") box.closest(".item").querySelector(".pg").focus();
  else return;
  event.preventDefault();
}

function toggleState(box) {
  const item = box.closest(".item");
  item.querySelectorAll(".alt input").forEach((one) => one !== box && (one.checked = false));
  if (box.checked && byLevel(item)) chooseLevel(item, "");
  else if (box.checked) main(item).value = "";
  changed(item, { soon: true });
  if (box.checked) item.querySelector(".nt").focus();
}

function amountKeys(event, item) {
  const at = items.indexOf(item);
  if (event.key === "Enter") enterAmount(item);
  else if (event.key === "ArrowDown") go(items[Math.min(at + 1, items.length - 1)]);
  else if (event.key === "ArrowUp") go(items[Math.max(at - 1, 0)]);
  else return;
  event.preventDefault();
}

function onKey(event) {
  if (event.isComposing || event.key === "Process" || document.querySelector("dialog[open]")) return;
  const target = event.target;
  const item = target.closest?.(".item");
  if (event.ctrlKey && event.key === "Enter") {
    event.preventDefault();
    return trySubmit();
  }
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (target.matches?.("[data-overall] input")) return wholeKeys(event);
  if (!item) return;
  if (/^[?？]$/.test(event.key) && !target.matches(".pg, .nt")) {
    event.preventDefault();
    return showStandard(item);
  }
  if (target.matches(".ded")) amountKeys(event, item);
  else if (target.matches(".lvl input")) levelKeys(event, item);
  else if (target.matches(".reasons input")) reasonKeys(event, target);
  else if (event.key === "Enter" && target.matches(".pg, .nt, .alt input")) {
    event.preventDefault();
    if (target.matches(".pg")) enterPages(item);
    else {
      changed(item, { soon: true });
      if (!target.matches(".nt") || byLevel(item) || !reasonTrouble(item)) advance(item);
    }
  }
}

function showStandard(item) {
  const nodes = standardOf(item);
  nodes.className = "std";
  openDialog({ title: "评分标准", nodes: [nodes], buttons: [{ label: "回到评分", primary: true, act: () => go(item) }] });
}

function setCurrent(item) {
  items.forEach((one) => one.classList.toggle("current", one === item));
  form.querySelectorAll("[data-by]").forEach((row) => row.classList.toggle("now", row.dataset.by === item.dataset.code));
  form.querySelector("[data-standard]").replaceChildren(standardOf(item));
}

function rest(button) {
  const code = button.closest("[data-sect]").dataset.sect;
  for (const item of items.filter((one) => one.dataset.code === code && unscored(one))) {
    if (byLevel(item)) chooseLevel(item, 3);
    else main(item).value = "0";
    changed(item, { bulk: true });
  }
  saver.flush();
  go(items.find(unscored));
}

async function trySubmit() {
  if (!open) return;
  const found = [...problems(items), ...wholeProblems(form)];
  if (found.length) return showProblems(found);
  document.querySelector("#score-errors").className = "";
  document.querySelector("#score-errors").replaceChildren();
  if (!(await saver.settled())) return;
  const seal = document.querySelector("[data-seal]");
  if (!seal) return form.requestSubmit(form.querySelector("[data-submit]"));
  const { text, list } = sealWords(form, items);
  const box = openDialog({
    title: `提交 ${form.dataset.serial} 号案件评分？`,
    text,
    nodes: [list],
    buttons: [{ label: "提交并评下一件", primary: true, act: () => sendSeal(seal) }, { label: "再看看" }],
  });
  box.querySelector(".primary").focus();
}

function sendSeal(seal) {
  seal.elements.comment.value = form.elements.comment.value;
  wipeDrafts(() => true);
  seal.requestSubmit();
}

function onInput(event) {
  if (event.isComposing) return;
  if (event.target.matches("#comment")) return commentChanged(false);
  if (event.target.closest("[data-veto]")) return vetoChanged(event.target.closest("[data-veto]"), false);
  const item = event.target.closest(".item");
  if (!item || !event.target.matches(".ded, .pg, .nt")) return;
  if (event.target.matches(".ded")) {
    const plain = tidy(event.target.value);
    if (plain !== event.target.value) event.target.value = plain;
    if (plain) item.querySelectorAll(".alt input").forEach((box) => (box.checked = false));
  }
  changed(item);
}

// 总体意见按打开时的样子比：另一窗口先改过就问用哪个。
function commentChanged(soon) {
  const field = form.elements.comment;
  saver.change("comment", { comment: field.value, was: field.dataset.was ?? field.defaultValue }, { soon });
}

function vetoChanged(row, soon) {
  const [checked, pages, note] = row.querySelectorAll("input");
  saver.versions.has(`v${row.dataset.veto}`) || saver.versions.set(`v${row.dataset.veto}`, row.dataset.version);
  const change = { checked: checked.checked ? "1" : "", pages: pages.value, note: note.value };
  saver.change(`v${row.dataset.veto}`, change, { soon });
}

function start() {
  for (const item of items) {
    const id = item.dataset.item;
    if (saver && saver.pending[id]) fill(item, saver.pending[id]);
    else if (saver) saver.versions.set(id, item.dataset.version);
    const boxes = [...item.querySelectorAll(".reasons input")];
    boxes.forEach((box, at) => (box.tabIndex = at ? -1 : 0));
  }
  for (const [id, change] of Object.entries(saver?.pending || {})) {
    if (id === "comment") form.elements.comment.value = change.comment;
    else if (id === "overall") setOverall(form, change.overall);
    else if (id.startsWith("v") && vetoRow(id)) fillVeto(vetoRow(id), change);
  }
  form.addEventListener("focusin", (event) => {
    const item = event.target.closest(".item");
    if (item) setCurrent(item);
  });
  const jump = document.querySelector("[data-queue]");
  if (jump) roveQueue(jump);
  if (!open) return;
  form.addEventListener("input", onInput);
  form.addEventListener("compositionend", (event) => onInput({ target: event.target, isComposing: false }));
  form.addEventListener("change", (event) => {
    const target = event.target;
    const item = target.closest(".item");
    if (target.matches("#comment")) commentChanged(true);
    else if (target.matches(".reasons input")) toggleReason(target);
    else if (target.matches(".alt input")) toggleState(target);
    else if (target.matches("[data-overall] input")) overallChanged();
    else if (target.matches(".lvl input")) picked(item);
    else if (item) changed(item, { soon: true });
    else if (target.closest("[data-veto]")) vetoChanged(target.closest("[data-veto]"), true);
  });
  document.addEventListener("keydown", onKey);
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.matches("[data-rest]")) rest(button);
    else if (button.value === "check") trySubmit();
    else return;
    event.preventDefault();
  });
  repaint();
  const first = location.hash ? null : items.find(unscored);
  if (first) {
    main(first).focus({ preventScroll: true });
    first.scrollIntoView({ block: "center" });
  }
  saver.flush();
}

start();
