/* 抽选现场：投影页和操作台共用。进度在服务器上，刷新、断网、换机器都接着来。
   GET state_url → {phase, said, paused, numbers: [已宣读的号], kinds: [各号类别], voided}
     phase 变了整页重载（步骤、指纹由服务器画）。
   POST advance_url（只有操作台有）act=next|all|pause|resume，said=这边看到的已宣读数
     → 同上；said 已经过时就不动，两个人同时按空格只走一步。 */
const stage = document.querySelector("[data-live]");
const board = document.querySelector("[data-board]");
const word = document.querySelector("[data-live-status]");
const clock = document.querySelector("[data-clock]");
let said = board ? board.querySelectorAll("li:not(.wait)").length : 0;
let paused = false;
let busy = false;

function cell(text, last) {
  const node = document.createElement("b");
  node.textContent = text;
  const holder = document.createElement("li");
  if (last) holder.className = "last";
  holder.append(node);
  return holder;
}

function put(selector, text) {
  const node = stage.querySelector(selector) || document.querySelector(selector);
  if (node) node.textContent = text;
}

function paint(state) {
  if (state.voided || state.phase !== stage.dataset.phase) return location.reload();
  paused = state.paused;
  word.textContent = paused ? (stage.dataset.advanceUrl ? "已暂停，按 P 继续" : "已暂停") : "";
  if (state.said === said) return;
  said = state.said;
  board.querySelectorAll("li").forEach((old, at) => {
    if (at < said) old.replaceWith(cell(state.numbers[at], at === said - 1));
  });
  stage.querySelector(".call").classList.remove("before");
  put("[data-call]", state.numbers[said - 1] || "");
  put("[data-line]", `第 ${said} ${stage.dataset.unit}　${state.kinds?.[said - 1] || ""}`);
  put("[data-phase-note]", `第 ${said} / ${board.children.length} ${stage.dataset.unit}`);
}

async function ask(url, options) {
  const answer = await fetch(url, { headers: { Accept: "application/json" }, credentials: "same-origin", ...options });
  if (answer.redirected) return location.reload();
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

async function poll() {
  try {
    const state = await ask(stage.dataset.stateUrl);
    if (state && !busy) paint(state); // 自己的一步还没答复时不画：画了，下一次空格会被当作重复
    if (word.textContent.startsWith("没连上")) word.textContent = "";
  } catch {
    word.textContent = "没连上，正在重试；进度在服务器上，不会丢";
  }
  setTimeout(poll, 1000);
}

async function advance(act) {
  if (busy) return;
  busy = true;
  try {
    const token = stage.querySelector("[name=csrfmiddlewaretoken]").value;
    const state = await ask(stage.dataset.advanceUrl, {
      method: "POST",
      headers: { Accept: "application/json", "X-CSRFToken": token },
      body: new URLSearchParams({ act, said }),
    });
    if (state) paint(state);
  } catch {
    word.textContent = "没连上，这一步没有记上，请再按一次";
  } finally {
    busy = false;
  }
}

function onKey(event) {
  if (event.repeat || event.isComposing || event.ctrlKey || event.altKey) return;
  if (event.target.matches("input, textarea, select")) return;
  const hold = paused ? "resume" : "pause";
  const act = { " ": "next", p: hold, P: hold, End: "all" }[event.key];
  if (!act) return;
  event.preventDefault();
  advance(act);
}

if (stage) {
  if (stage.dataset.advanceUrl) document.addEventListener("keydown", onKey);
  poll();
}
setInterval(() => {
  clock.textContent = new Date().toLocaleTimeString("zh-CN", { hour12: false });
}, 1000);
