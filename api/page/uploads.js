/** Documents that an administrator gives: sent one by one, followed until the index has them. */

import { corpus, refresh } from "./corpus.js";
import { element } from "./elements.js";
import { explain, fillFrom, number, reasonIn } from "./language.js";
import { Away, get, persistently, post, Problem, remove, sendFile } from "./server.js";
import { admin } from "./storage.js";

const EVERY = 1500;
const MEGABYTE = 1_000_000;
const MOST_TYPES = 60;

/** Outlive the panel, so that a panel opened again shows them. */
let items = [];
let sending = false;
let following = false;
let list = null;
const speak = (name, values = {}, key = undefined) => fillFrom("uploads", name, values, key);

/** The words and controls for giving; null where the server takes no documents in. */
export function uploads() {
  const rules = corpus.index?.uploads;
  if (!rules) return null;
  const held = items.find((item) => item.row?.contains(document.activeElement));
  list = element("ul", { class: "gifts", "aria-live": "polite" });
  for (const item of items) place(item);
  if (held) queueMicrotask(() => held.row.focus({ preventScroll: true })); // drawn anew for a new index
  return element(
    "section",
    { class: "giving" },
    element("h3", {}, speak("title")),
    dropZone(),
    element("p", { class: "admin-why", id: "giving-rules" }, rulesOf(rules)),
    list,
    given(),
  );
}

function rulesOf({ folder, most_bytes: most, types }) {
  const named = types.slice(0, MOST_TYPES).map((type) => type.slice(1)).join(" ");
  return speak("rules", { folder, size: number(Math.floor(most / MEGABYTE)), types: named });
}

function dropZone() {
  const field = element("input", {
    type: "file",
    id: "giving",
    class: "unseen",
    multiple: true,
    "aria-describedby": "giving-rules",
    onchange: () => {
      give(field.files);
      field.value = "";
    },
  });
  const label = element("label", { for: "giving", class: "button" }, speak("choose"));
  const zone = element("div", { class: "drop" }, field, label, element("span", { class: "about" }, speak("drop")));
  for (const kind of ["dragenter", "dragover"]) zone.addEventListener(kind, () => zone.classList.add("is-over"));
  for (const kind of ["dragleave", "drop"]) zone.addEventListener(kind, () => zone.classList.remove("is-over"));
  return zone;
}

/** Takes files in, in their order. */
export function give(files) {
  for (const file of files) {
    const item = { name: file.name, file, state: "queued", share: 0 };
    const code = refusal(file);
    if (code) refuse(item, { code });
    items = [item, ...items.filter((other) => other.name !== item.name || other.state === "sending")];
  }
  drawAll();
  sendAll();
}

/** What the server would refuse anyway need not be sent. */
function refusal({ name, size }) {
  const { most_bytes: most, types } = corpus.index.uploads;
  const ending = name.slice(name.lastIndexOf(".")).toLowerCase();
  if (!types.includes(ending)) return "unread_type";
  if (!size) return "empty_document";
  return size > most ? "too_large" : null;
}

/** Goes on with what waited for the admin token. */
export function tokenGiven() {
  for (const item of items) if (item.state === "token") item.state = "queued";
  drawAll();
  sendAll();
}

async function sendAll() {
  if (sending) return;
  sending = true;
  for (let next; (next = items.findLast((item) => item.state === "queued")); ) await send(next);
  sending = false;
  follow();
}

async function send(item, overwrite = false) {
  if (!admin.token) {
    item.state = "token";
    draw(item);
    document.getElementById("token")?.focus();
    return;
  }
  Object.assign(item, { state: "sending", share: 0 });
  draw(item);
  const path = `documents/${encodeURIComponent(item.name)}${overwrite ? "?overwrite=true" : ""}`;
  const progress = (share) => {
    item.share = share;
    draw(item);
  };
  try {
    settle(item, await persistently(() => sendFile(path, item.file, admin.token, progress), () => {}));
  } catch (problem) {
    if (problem.code === "document_exists") item.state = "asking";
    else if (problem.code === "unauthorized") item.state = "token";
    else refuse(item, problem);
  }
  draw(item);
}

function settle(item, change) {
  Object.assign(item, { state: "settled", change });
  follow();
}

function refuse(item, problem) {
  item.state = "refused";
  item.problem = problem;
}

/** Asks what became of the changes, until the index reflects all of them. */
async function follow() {
  if (following) return;
  following = true;
  while (items.some(isWaiting)) {
    await new Promise((resolve) => setTimeout(resolve, EVERY));
    try {
      const { changes } = await get("uploads", admin.token);
      for (const item of items.filter(isWaiting)) {
        item.change = changes.find(({ id }) => id === item.change.id) ?? { ...item.change, state: "superseded" };
        draw(item);
      }
    } catch (problem) {
      if (!(problem instanceof Away) && !(problem instanceof Problem && problem.status === 429)) break;
    }
  }
  following = false;
  if (items.length) refresh().catch(() => {});
}

function isWaiting({ change }) {
  return change?.state === "waiting";
}

/* What is shown of each. */

function place(item) {
  item.row = element("li", { class: "gift", tabindex: "-1" });
  item.drawn = "";
  list?.append(item.row);
  draw(item);
}

function drawAll() {
  if (!list?.isConnected) return;
  list.replaceChildren();
  for (const item of items) place(item);
}

function draw(item) {
  if (!item.row?.isConnected && !list?.contains(item.row)) return;
  if (item.bar && item.state === "sending" && item.drawn === key(item)) {
    item.bar.value = item.share;
    return;
  }
  if (item.drawn === key(item)) return;
  item.drawn = key(item);
  const held = item.row.contains(document.activeElement);
  item.bar = item.state === "sending" ? element("progress", { max: 1, value: item.share, "aria-label": `${speak("sending")} ${item.name}` }) : null;
  const about = element("span", { class: item.state === "refused" ? "about problem" : "about" }, status(item));
  item.row.replaceChildren(...[element("b", {}, item.name), about, item.bar, ...deeds(item)].filter(Boolean));
  if (held) item.row.focus();
}

function key({ state, change, problem, share }) {
  return [state, change?.id, change?.state, problem?.code, state === "sending" && share === 1].join();
}

function status(item) {
  switch (item.state) {
    case "token": return speak("need_token");
    case "sending": return item.share < 1 ? speak("sending") : speak("sent");
    case "asking": return wrong({ code: "document_exists" });
    case "left": return speak("left");
    case "refused": return wrong(item.problem);
    case "settled": return outcome(item.change);
    default: return "";
  }
}

function outcome({ state, reason }) {
  const values = { reason: reasonIn(reason) };
  return state === "indexed" && reason ? speak("in_part", values) : speak("states", values, state);
}

function wrong(problem) {
  return speak("refusals", {}, problem.code) || explain(problem);
}

function deeds(item) {
  const made = [];
  if (item.state === "asking") made.push(deed("replace", () => send(item, true)), deed("leave", () => leave(item)));
  if (item.state === "settled" && item.change.undo) made.push(deed("undo", () => undo(item)));
  if (!["queued", "sending", "asking"].includes(item.state) && !isWaiting(item)) made.push(deed("done", () => hide(item)));
  return made.length ? [element("span", { class: "deeds-row" }, made)] : [];
}

function deed(name, act) {
  return element("button", { type: "button", class: "quiet", onclick: act }, speak(name));
}

function leave(item) {
  item.state = "left";
  draw(item);
}

function hide(item) {
  items = items.filter((other) => other !== item);
  item.row.remove();
  document.getElementById("giving")?.focus();
}

async function undo(item) {
  try {
    settle(item, await post(item.change.undo.replace(/^.*\/uploads\//, "uploads/"), undefined, admin.token));
  } catch (problem) {
    refuse(item, problem);
  }
  draw(item);
}

/* All that were given. */

function given() {
  const box = element("ul", { class: "gifts" });
  const load = async () => {
    try {
      const { files } = await get("uploads", admin.token ?? "");
      box.replaceChildren(...(files.length ? files.map(givenRow) : [element("li", { class: "about" }, speak("none_given"))]));
    } catch (problem) {
      box.replaceChildren(element("li", { class: "problem" }, wrong(problem)));
    }
  };
  const ontoggle = (event) => event.currentTarget.open && load();
  return element("details", { class: "given", ontoggle }, element("summary", {}, speak("given")), box);
}

function givenRow({ name, indexed, reason }) {
  const said = indexed ? outcome({ state: "indexed", reason }) : speak("states", { reason: reasonIn(reason) }, reason ? "skipped" : "waiting");
  const row = element("li", { class: "gift" }, element("b", {}, name), element("span", { class: "about" }, said));
  const act = async () => {
    const item = { name, state: "removing" };
    items = [item, ...items.filter((other) => other.name !== name)]; // before it is followed
    try {
      const change = await remove(`documents/${name.split("/").map(encodeURIComponent).join("/")}`, admin.token);
      row.remove();
      settle(item, change);
    } catch (problem) {
      refuse(item, problem);
    }
    drawAll();
    item.row?.focus();
  };
  row.append(element("span", { class: "deeds-row" }, element("button", { type: "button", class: "quiet", onclick: act, "aria-label": `${speak("remove")} ${name}` }, speak("remove"))));
  return row;
}
