// 快自动退出时提前 5 分钟说一声。别的标签页里的操作也算；自动保存也算。
import { wipeDrafts } from "./autosave.js";

const { idle, left } = document.body.dataset;
const AHEAD = 5 * 60 * 1000;
const SEEN = "wz-seen";
const end = Date.now() + Number(left) * 1000;
let seen = Date.now();
let told = null;

function touch() {
  seen = Date.now();
  try {
    localStorage.setItem(SEEN, String(seen));
  } catch {
    // 存不住就只看这一页。
  }
  told?.remove();
  told = null;
}

function lastSeen() {
  try {
    return Math.max(seen, Number(localStorage.getItem(SEEN)) || 0);
  } catch {
    return seen;
  }
}

async function stay() {
  const answer = await fetch("/stay/", { headers: { Accept: "application/json" } }).catch(() => null);
  if (answer?.ok) touch();
  else tell("没有连上，或已经退出。请重新登录，没交的评分存在本机，登录后自动补传。");
}

function tell(text, button) {
  told?.remove();
  told = document.createElement("div");
  told.className = "toasts";
  told.setAttribute("role", "status");
  const box = document.createElement("div");
  box.className = "toast warning";
  const words = document.createElement("span");
  words.textContent = text;
  box.append(words);
  if (button) {
    const go = document.createElement("button");
    go.type = "button";
    go.className = "btn slim";
    go.textContent = button;
    go.addEventListener("click", stay);
    box.append(go);
  }
  told.append(box);
  document.body.append(told);
}

const clock = (at) => new Date(at).toTimeString().slice(0, 5);

function look() {
  const out = Math.min(lastSeen() + Number(idle) * 1000, end);
  const near = out - Date.now() <= AHEAD;
  if (!near) {
    told?.remove();
    told = null;
  } else if (!told) {
    if (out === end) tell(`登录满 8 小时，${clock(out)} 自动退出，请先保存。`);
    else tell(`${clock(out)} 没有操作就自动退出。`, "继续使用");
  }
}

if (idle) {
  touch();
  addEventListener("wz-alive", touch);
  setInterval(look, 15000);
  for (const form of document.querySelectorAll("form[data-logout]")) {
    form.addEventListener("submit", () => {
      wipeDrafts(() => true);
      try {
        localStorage.removeItem(SEEN);
      } catch {
        // 没有存过。
      }
    });
  }
}
