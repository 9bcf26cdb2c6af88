// 旧内核（IE 模式）不认识模块，只跑到这里：告诉用户怎么办。
document.documentElement.className += " old";
window.onload = function () {
  var p = document.createElement("p");
  p.className = "notice amber";
  p.innerHTML = "浏览器在兼容模式下打开了本页。请点地址栏右侧的“e”图标，切换到极速模式。";
  document.body.insertBefore(p, document.body.firstChild);
};
