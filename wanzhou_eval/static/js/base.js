// 每页都载入：收起消息、自动提交年度选择、焦点到错误汇总、清理本机草稿、确认框。
import "./dialog.js";
import { wipeDrafts } from "./autosave.js";
import "./session.js";

for (const form of document.querySelectorAll("form[data-autosubmit]")) {
  form.addEventListener("change", () => form.requestSubmit());
}
for (const toast of document.querySelectorAll(".toast")) {
  toast.querySelector("[data-close]")?.addEventListener("click", () => toast.remove());
  if (toast.classList.contains("success")) setTimeout(() => toast.remove(), 8000);
}
document.querySelector("[data-focus]")?.focus();
// 错误汇总里的链接：不只滚过去，光标也到那个框里。
document.addEventListener("click", (event) => {
  const link = event.target.closest(".summary a[href^='#']");
  const field = link && document.getElementById(link.hash.slice(1));
  if (field) setTimeout(() => field.focus());
});
for (const button of document.querySelectorAll("[data-print]")) {
  button.addEventListener("click", () => window.print());
}

// 公用电脑：别人的、超过 24 小时的本机草稿一律清掉。
const reader = document.body.dataset.user;
const dayAgo = Date.now() - 24 * 3600 * 1000;
wipeDrafts((draft) => draft.at < dayAgo || (reader && draft.user !== reader));
