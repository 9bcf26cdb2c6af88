// 粘贴框和上传框。解析都在服务器；这里只报行列数、当场拦住明显不对的文件。
const MAX_BYTES = 10 * 1024 * 1024;

for (const area of document.querySelectorAll("textarea[data-paste]")) {
  const note = document.querySelector(area.dataset.paste);
  const count = () => {
    const lines = area.value.split(/\r?\n/).filter((line) => line.trim());
    const wide = Math.max(0, ...lines.map((line) => line.split("\t").length));
    note.textContent = lines.length ? `${lines.length} 行，${wide} 列（第一行应是表头）` : "";
  };
  area.addEventListener("input", count);
  count();
}

for (const input of document.querySelectorAll("input[type=file][data-upload]")) {
  const box = input.closest(".drop");
  const note = document.querySelector(input.dataset.upload);
  const look = () => {
    const file = input.files[0];
    let words = "";
    if (file && /\.xls$/i.test(file.name)) words = "这是旧版 .xls，请在 WPS 或 Excel 里另存为 .xlsx";
    else if (file && !/\.(xlsx|csv)$/i.test(file.name)) words = "请选 .xlsx 文件";
    else if (file && file.size > MAX_BYTES) words = "文件超过 10 MB，请删去无关的工作表再传";
    else if (file) words = `已选 ${file.name}（${Math.ceil(file.size / 1024)} KB）`;
    input.setCustomValidity(words.startsWith("已选") ? "" : words);
    note.textContent = words;
  };
  input.addEventListener("change", look);
  if (!box) continue;
  for (const name of ["dragover", "dragleave", "drop"]) {
    box.addEventListener(name, (event) => {
      event.preventDefault();
      box.classList.toggle("over", name === "dragover");
      if (name !== "drop" || !event.dataTransfer.files.length) return;
      input.files = event.dataTransfer.files;
      look();
    });
  }
}
