// 各部分评到哪里：小标题旁、右栏里；两种评分办法共用。count 数一部分，told 是右栏写的话。
export function paintSections(form, items, count, told) {
  for (const head of form.querySelectorAll("[data-sect]")) {
    const own = items.filter((item) => item.dataset.code === head.dataset.sect);
    const part = count(own);
    head.querySelector("[data-scored]").textContent = part.scored;
    const button = head.querySelector("[data-rest]");
    if (button) {
      button.hidden = part.scored === own.length;
      button.querySelector("[data-left]").textContent = own.length - part.scored;
    }
    const row = form.querySelector(`[data-by="${head.dataset.sect}"]`);
    if (!row) continue;
    row.querySelector("[data-count]").textContent = `${part.scored}/${own.length}`;
    row.querySelector("[data-minus]").textContent = told(part) || "—";
  }
}
