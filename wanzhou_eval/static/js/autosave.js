// 逐项自动保存：先记本机，再发服务器，收到回执才从本机删掉。一次只发一项，按先后。
// 本机草稿：只存编号、扣分或等次、情形、页码、说明和行版本；提交、退出、24 小时后清掉。
// 一张评分表一个键，值是 {user, at, items: {项目编号: 改动}}。
const PREFIX = "wz-draft-";

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function readDraft(sheet, user) {
  try {
    const draft = parse(localStorage.getItem(PREFIX + sheet));
    return draft && draft.user === user ? draft.items : {};
  } catch {
    return {};
  }
}

// 返回是否存住了：隐私模式或空间满时存不住，页面要说实话。
function writeDraft(sheet, user, items) {
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

const RETRY_MS = 10000;
const WHOLE = ["comment", "overall"];
const FIELDS = ["deduction", "level", "overall", "state", "reasons", "pages", "note", "checked", "comment", "was"];

function body(id, change, version, bulk) {
  const form = new URLSearchParams();
  if (!WHOLE.includes(id)) form.set(id.startsWith("v") ? "veto" : "item", id.replace(/^v/, ""));
  for (const field of FIELDS) {
    if (Array.isArray(change[field])) change[field].forEach((one) => form.append(field, one));
    else if (change[field] !== undefined) form.set(field, change[field]);
  }
  form.set("version", version);
  if (bulk) form.set("bulk", "1");
  return form;
}

export function same(mine, theirs) {
  return FIELDS.filter((field) => field !== "was").every((field) => {
    const [a, b] = [mine[field] ?? "", theirs[field] ?? ""];
    if (field === "deduction" && a !== "" && b !== "") return Number(a) === Number(b);
    return [a].flat().map(String).sort().join() === [b].flat().map(String).sort().join();
  });
}

export function createSaver({ url, csrf, sheet, user, on }) {
  const pending = readDraft(sheet, user);
  const versions = new Map();
  let sending = false;
  let timer = 0;
  let held = null;
  let theirsSaid;

  const count = () => Object.keys(pending).length;
  const keep = () => writeDraft(sheet, user, pending);
  const later = (ms) => {
    clearTimeout(timer);
    timer = setTimeout(flush, ms);
  };

  function change(id, values, { soon = false, bulk = false } = {}) {
    pending[id] = { ...values, version: version(id), stamp: performance.now(), bulk };
    const kept = keep();
    if (!kept && !navigator.onLine) on.state("refused", "没连上，本机也存不下，请先抄下本项");
    later(soon ? 0 : 800);
  }

  function version(id) {
    return versions.get(id) ?? pending[id]?.version ?? "0";
  }

  async function send(id) {
    const change = pending[id];
    const answer = await fetch(url, {
      method: "POST",
      headers: { "X-CSRFToken": csrf, Accept: "application/json" },
      body: body(id, change, version(id), change.bulk),
      credentials: "same-origin",
    });
    const isJson = (answer.headers.get("content-type") || "").includes("json");
    // 不是 JSON 的 403 是换过登录：令牌旧了，重新打开这一页就好。
    const stale = answer.status === 403 && !isJson;
    if (answer.redirected || answer.status === 401 || stale || (answer.ok && !isJson)) return { gone: true };
    dispatchEvent(new Event("wz-alive"));
    if (![200, 403, 409, 422].includes(answer.status) || !isJson) throw new Error("unreachable");
    return { status: answer.status, data: await answer.json(), stamp: change.stamp };
  }

  function settle(id, { status, data, stamp }) {
    if (status === 200) {
      versions.set(id, data.version);
      if (pending[id]?.stamp === stamp) delete pending[id];
      else if (pending[id]) Object.assign(pending[id], { version: data.version, was: data.comment ?? data.overall });
      on.saved(id, data);
      return true;
    }
    const mine = pending[id];
    if (status === 409 && data.theirs) {
      versions.set(id, data.theirs.version);
      if (same(mine, data.theirs)) {
        delete pending[id];
        on.saved(id, data.theirs);
        return true;
      }
      held = id;
      theirsSaid = data.theirs.comment ?? data.theirs.overall;
      on.conflict(id, mine, data);
      return false;
    }
    delete pending[id];
    on.refused(id, data.message);
    return true;
  }

  // 返回是否全部送到。
  async function flush() {
    clearTimeout(timer);
    if (sending || held) return false;
    sending = true;
    try {
      while (count()) {
        const id = Object.keys(pending)[0];
        on.state("busy", "正在保存");
        const answer = await send(id);
        if (answer.gone) {
          on.state("offline", `登录已过期，已存本机 ${count()} 项。重新登录后自动补传`, "重新登录");
          return false;
        }
        const moved = settle(id, answer);
        keep();
        if (!moved) return false;
      }
      return true;
    } catch {
      on.state("offline", `没连上，已存本机 ${count()} 项，恢复后自动补传`);
      later(RETRY_MS);
      return false;
    } finally {
      sending = false;
    }
  }

  // 等正在发的那一项回来，再发剩下的。
  async function settled() {
    for (let wait = 0; sending && wait < 100; wait += 1) {
      await new Promise((done) => setTimeout(done, 50));
    }
    return count() === 0 || flush();
  }

  function resolve(id, useMine) {
    held = null;
    if (useMine && pending[id]) {
      pending[id].version = versions.get(id);
      if (WHOLE.includes(id)) pending[id].was = theirsSaid;
    }
    else delete pending[id];
    keep();
    later(0);
  }

  addEventListener("online", () => later(0));
  document.addEventListener("visibilitychange", () => document.hidden && flush());
  return { pending, versions, change, flush, settled, resolve };
}
