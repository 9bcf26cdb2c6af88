// 本机草稿：只存编号、扣分、情形、页码、说明和行版本；提交、退出、24 小时后清掉。
// 一张评分表一个键，值是 {user, at, items: {项目编号: 改动}}。
const PREFIX = "wz-draft-";

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export function readDraft(sheet, user) {
  try {
    const draft = parse(localStorage.getItem(PREFIX + sheet));
    return draft && draft.user === user ? draft.items : {};
  } catch {
    return {};
  }
}

// 返回是否存住了：隐私模式或空间满时存不住，页面要说实话。
export function writeDraft(sheet, user, items) {
  try {
    if (Object.keys(items).length) {
      localStorage.setItem(PREFIX + sheet, JSON.stringify({ user, at: Date.now(), items }));
    } else {
      localStorage.removeItem(PREFIX + sheet);
    }
    return true;
  } catch {
    return false;
  }
}

export function wipeDrafts(unwanted) {
  try {
    for (const key of Object.keys(localStorage)) {
      if (!key.startsWith(PREFIX)) continue;
      const draft = parse(localStorage.getItem(key));
      if (!draft || unwanted(draft)) localStorage.removeItem(key);
    }
  } catch {
    // 浏览器不让存，也就没有要清的。
  }
}
