/** The page: connects its parts, and shows in the panel what the address names. */

import { openCorner } from "./admin.js";
import { chooseCollection, drawCollections } from "./collections.js";
import { corpus, refresh } from "./corpus.js";
import { showDocument } from "./document.js";
import { element, find } from "./elements.js";
import { drawFilter } from "./filters.js";
import { ago, choose, language, number, say, sayOf, translate } from "./language.js";
import { showLibrary } from "./library.js";
import { Panel } from "./panel.js";
import { addressOf, placeOf } from "./place.js";
import { showReview } from "./review.js";
import { beat, connection, get, keys, persistently, ROOT, tryNow } from "./server.js";
import { admin, keep, kept } from "./storage.js";
import { Thread } from "./thread.js";
import { give } from "./uploads.js";

const THEMES = ["auto", "light", "dark"];
const EXAMPLES = 4;
const MOST_ROWS = 6;

const panel = new Panel(close);
const thread = new Thread({ open, changed: settle });
const question = find("question");
let shown = null;

/* The address says what the panel shows. */

function open(place) {
  history.pushState({ opened: true }, "", addressOf(place));
  follow();
}

function openLibrary() {
  if (shown === "library") return close();
  if (history.state?.opened || placeOf(location)) history.pushState(null, "", ROOT);
  drawLibrary();
}

function drawLibrary() {
  shown = "library";
  showLibrary(panel, open, drawReview);
  settle();
}

function drawReview() {
  shown = "questions";
  showReview(panel, open, drawLibrary);
  settle();
}

function close() {
  if (shown === "library" || shown === "questions") {
    shown = null;
    panel.hide();
    settle();
  } else if (history.state?.opened) history.back();
  else {
    history.pushState(null, "", ROOT);
    follow();
  }
}

function follow() {
  const place = placeOf(location);
  shown = place;
  if (place) showDocument(panel, place, () => shown === place);
  else panel.hide();
  settle();
}

/* What is visible follows from the state of the conversation, the panel and the index. */

function settle() {
  const talking = thread.turns.length > 0;
  document.body.classList.toggle("is-talking", talking);
  find("welcome").classList.toggle("unseen", talking); // a page has a heading
  find("fresh").hidden = !talking;
  find("examples").hidden = talking || !find("examples").querySelector("li");
  find("glance").parentElement.hidden = talking || !corpus.index;
  find("library").setAttribute("aria-expanded", String(shown === "library"));
  question.placeholder = say(talking ? "followup" : "placeholder");
}

function drawGlance() {
  const { index } = corpus;
  if (!index) return;
  const { documents = 0, paragraphs = 0 } = index.counts ?? {};
  const parts = index.generation
    ? [say("glance", number(documents), number(paragraphs)), dates(), say("glance_built", ago(index.created))]
    : [index.job?.state === "running" ? building(index.job) : say("no_index"), index.job?.error];
  find("glance").textContent = parts.filter(Boolean).join(" · ");
  settle();
}

function building({ stage, done, total }) {
  const share = total ? ` ${number(done)} / ${number(total)}` : "";
  return say("indexing", sayOf("stages", stage) + share);
}

/** The years of the earliest and the latest document. */
function dates() {
  if (!corpus.index.dates) return "";
  const [first, last] = corpus.index.dates.map((date) => date.slice(0, 4));
  return first === last ? first : `${first}–${last}`;
}

async function drawExamples() {
  const lang = language();
  const { examples } = await persistently(() => get(`examples?lang=${lang}&count=${EXAMPLES}`), () => {});
  if (lang !== language()) return;
  find("examples").querySelector("ul").replaceChildren(...examples.map(example));
  settle();
}

function example(text) {
  const act = () => ask(text);
  return element("li", {}, element("button", { type: "button", class: "example", dir: "auto", onclick: act }, text));
}

function drawAll() {
  translate();
  drawCollections();
  drawFilter();
  drawTheme();
  drawGlance();
  thread.drawAll();
  if (shown === "library") drawLibrary();
  else if (shown === "questions") drawReview();
  else follow();
  settle();
}

/* Asking. */

function ask(text) {
  const asked = text.trim();
  if (!asked) return;
  if (matchMedia("(max-width: 62rem)").matches && shown) close();
  // Where the key was refused before, the index is read only now.
  thread.ask(asked).then(() => corpus.index ?? update());
}

function submit(event) {
  event?.preventDefault();
  ask(question.value);
  question.value = "";
  grow();
}

/** Fits the field's height to the question, in browsers without `field-sizing`. */
function grow() {
  if (CSS.supports("field-sizing", "content")) return;
  question.rows = Math.min(question.value.split("\n").length, MOST_ROWS);
}

function typed(event) {
  // While an input method is open, Enter takes its suggestion.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  submit();
}

function pressed(event) {
  const { target } = event;
  const writing = target.matches?.("input, textarea, select");
  if (event.key === "/" && !writing && !event.metaKey && !event.ctrlKey && !event.altKey) {
    event.preventDefault();
    question.focus();
  } else if (event.key === "Escape" && panel.open && !find("key").open) close();
}

/* Files dropped by an administrator, wherever on the page. */

function dragged(event) {
  const gives = corpus.index?.uploads && (admin.token || find("corner")?.open);
  return gives && [...(event.dataTransfer?.types ?? [])].includes("Files");
}

function dropped(event) {
  if (!dragged(event)) return;
  event.preventDefault();
  openCorner();
  if (shown !== "library") openLibrary();
  give(event.dataTransfer.files);
  find("giving")?.scrollIntoView({ block: "nearest" });
}

/* Theme, connection, key. */

function theme() {
  return document.documentElement.dataset.theme ?? "auto";
}

function nextTheme() {
  const next = THEMES[(THEMES.indexOf(theme()) + 1) % THEMES.length];
  if (next === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
  keep("wenda-theme", next === "auto" ? null : next);
  drawTheme();
}

function drawTheme() {
  find("theme").querySelector(".icon").className = `icon icon-${theme()}`;
  find("theme").title = find("theme-name").textContent = say("theme", sayOf("themes", theme()));
}

function away() {
  const notice = find("notice");
  if (!notice.hidden) return;
  const now = element("button", { type: "button", class: "button", onclick: tryNow }, say("try_now"));
  notice.replaceChildren(say("away"), " ", now);
  notice.hidden = false;
}

function back() {
  find("notice").hidden = true;
  find("live").textContent = say("back");
  update();
}

function askKey() {
  const dialog = find("key");
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.onclose = () => resolve(find("key-value").value || kept("wenda-key"));
  });
}

/* Beginning. */

function update() {
  return refresh().catch(() => {});
}

function begin() {
  keys.ask = askKey;
  find("language").value = language();
  find("language").addEventListener("change", (event) => {
    choose(event.currentTarget.value);
    drawAll();
    drawExamples();
  });
  find("collection").addEventListener("change", (event) => {
    chooseCollection(event.currentTarget.value);
    find("question").focus();
    update();
  });
  find("theme").addEventListener("click", nextTheme);
  find("library").addEventListener("click", openLibrary);
  find("glance").addEventListener("click", openLibrary);
  for (const id of ["new", "fresh"]) find(id).addEventListener("click", () => {
    thread.clear();
    question.focus();
  });
  find("ask").addEventListener("submit", submit);
  question.addEventListener("keydown", typed);
  question.addEventListener("input", grow);
  document.addEventListener("keydown", pressed);
  document.addEventListener("dragover", (event) => dragged(event) && event.preventDefault());
  document.addEventListener("drop", dropped);
  window.addEventListener("popstate", follow);
  connection.addEventListener("away", away);
  connection.addEventListener("back", back);
  corpus.addEventListener("changed", (event) => {
    drawCollections(corpus.index.collections ?? []);
    drawGlance();
    if (!event.detail.renewed) return;
    if (shown === "library") drawLibrary();
    drawExamples().catch(() => {});
  });
  drawAll();
  if (!placeOf(location) && matchMedia("(hover: hover)").matches) question.focus();
  persistently(refresh, () => {}).catch(() => {});
  beat(() => corpus.index && update());
}

begin();
