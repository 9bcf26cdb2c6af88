// 确认框。没有脚本时 <details data-confirm> 原地展开，有脚本时变成 <dialog>；
// form[data-confirm] 在提交前问一次（data-confirm-title、-text、-button）。
export function openDialog({ title, text = "", nodes = [], buttons }) {
  const box = document.createElement("dialog");
  const heading = document.createElement("h2");
  heading.textContent = title;
  heading.id = "dialog-title";
  box.setAttribute("aria-labelledby", heading.id);
  box.append(heading);
  if (text) {
    const words = document.createElement("p");
    words.textContent = text;
    box.append(words);
  }
  box.append(...nodes);
  const row = document.createElement("div");
  row.className = "row";
  for (const { label, primary, act } of buttons) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = primary ? "btn primary" : "btn";
    button.textContent = label;
    button.addEventListener("click", () => {
      box.close();
      act?.();
    });
    row.append(button);
  }
  box.append(row);
  box.addEventListener("close", () => box.remove());
  document.body.append(box);
  box.showModal();
  return box;
}

function upgradeDetails(details) {
  const content = details.querySelector(":scope > div");
  const box = document.createElement("dialog");
  const title = content.querySelector("h2");
  if (title) box.setAttribute("aria-label", title.textContent);
  const summary = details.querySelector("summary");
  box.append(content);
  details.append(box);
  document.body.append(box);
  summary.setAttribute("role", "button");
  summary.addEventListener("click", (event) => {
    event.preventDefault();
    box.showModal();
  });
  box.addEventListener("click", (event) => {
    if (event.target.closest("[data-cancel]")) box.close();
  });
}

function askFirst(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.confirmed) return;
    event.preventDefault();
    const submitter = event.submitter;
    const { confirmTitle, confirmText, confirmButton } = form.dataset;
    const go = () => {
      form.dataset.confirmed = "yes";
      form.requestSubmit(submitter);
    };
    openDialog({
      title: confirmTitle,
      text: confirmText,
      buttons: [{ label: confirmButton, primary: true, act: go }, { label: "再看看" }],
    });
  });
}

document.querySelectorAll("details[data-confirm]").forEach(upgradeDetails);
document.querySelectorAll("form[data-confirm]").forEach(askFirst);

// 连点两下只提交一次；从后退缓存回来时放开。
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 4000);
});
addEventListener("pageshow", () => {
  for (const form of document.forms) {
    delete form.dataset.sent;
    delete form.dataset.confirmed;
  }
});
