// 表格：tr[data-href] 整行可点（行内链接、按钮、选字不受影响）；[data-copy] 把表格拷成 Excel 能贴的文字。
document.addEventListener("click", (event) => {
  const row = event.target.closest("tr[data-href]");
  if (!row || event.target.closest("a, button, input, label, summary")) return;
  if (String(getSelection())) return;
  location.assign(row.dataset.href);
});

function asText(table) {
  const cell = (one) => one.innerText.replace(/\s+/g, " ").trim();
  return [...table.rows].map((row) => [...row.cells].map(cell).join("\t")).join("\n");
}

for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", async () => {
    const table = document.querySelector(button.dataset.copy);
    const words = button.textContent;
    try {
      await navigator.clipboard.writeText(asText(table));
      button.textContent = "已复制，可贴到 Excel";
    } catch {
      getSelection().selectAllChildren(table);
      button.textContent = "已选中，按 Ctrl+C 复制";
    }
    setTimeout(() => (button.textContent = words), 4000);
  });
}

for (const all of document.querySelectorAll("input[data-check-all]")) {
  const boxes = [...document.querySelectorAll(`input[name="${all.dataset.checkAll}"]`)];
  all.addEventListener("change", () => boxes.forEach((box) => (box.checked = all.checked)));
}
