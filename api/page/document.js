/** A whole document in the panel, at the cited place. */

import { copy } from "./clipboard.js";
import { titleOf } from "./collections.js";
import { documentOf, languageOf } from "./corpus.js";
import { element, iconButton } from "./elements.js";
import { explain, number, reasonIn, say, sayOf, where } from "./language.js";
import { isPaged, pagesOf } from "./pages.js";
import { addressOf } from "./place.js";
import { block, marked, slicer, words } from "./quote.js";
import { Problem, persistently } from "./server.js";
import { keep, kept } from "./storage.js";

const MANY = 300;
/** Which view of a file with pages is shown, the last one chosen. */
const VIEW = "wenda-view";

/** Shows the document of a place in the panel; `current()` says whether the panel still waits for it. */
export async function showDocument(panel, place, current) {
  panel.show(say("document"), head(panel, []), element("p", { class: "panel-note" }, say("opening")));
  let found;
  try {
    found = await persistently(() => documentOf(place.id, place.collection), () => {});
  } catch (problem) {
    const note = element("p", { class: "panel-note", role: "alert" }, refusal(problem));
    if (current()) panel.show(say("document"), head(panel, []), note);
    return;
  }
  await showAs(isPaged(found, place) && kept(VIEW) !== "text", { panel, found, place, current });
}

/** Shows a document as the pages of its file, with the quoted sentence marked, or else as text. */
async function showAs(paged, { panel, found, place, current }) {
  const pages = paged ? await pagesOf(found, place).catch(() => null) : null;
  if (!current()) return;
  const other = (view) => {
    keep(VIEW, view);
    showAs(view === "page", { panel, found, place, current });
  };
  const tools = [linkButton(place)];
  if (pages) tools.unshift(iconButton("lines", say("as_text"), () => other("text"), { quiet: false }));
  else if (!paged && isPaged(found, place)) tools.unshift(iconButton("page", say("as_page"), () => other("page"), { quiet: false }));
  panel.show(found.title, head(panel, tools, found, place), pages ?? body(found, place));
  reveal(panel.box);
}

function refusal(problem) {
  return problem instanceof Problem && problem.status !== 404 ? explain(problem) : say("no_document");
}

function head(panel, tools, found, place) {
  const cited = found?.paragraphs.find((paragraph) => paragraph.ordinal === place.paragraph);
  const section = cited?.section !== found?.title ? cited?.section : null;
  const trail = cited ? [section, where(cited)].filter(Boolean) : [];
  return element(
    "div",
    { class: "panel-head" },
    element("p", { class: "panel-trail", lang: found ? languageOf(found) : null }, trail.join(" · ") || say("document")),
    element("div", { class: "panel-tools" }, tools, panel.closeButton()),
  );
}

function linkButton(place) {
  const button = iconButton("link", say("link"), async () => {
    const done = await copy(new URL(addressOf(place), location.href).href);
    const name = button.querySelector(".tool-name");
    name.textContent = say(done ? "linked" : "not_copied");
    button.classList.toggle("is-done", done);
    setTimeout(() => {
      name.textContent = say("link");
      button.classList.remove("is-done");
    }, 2000);
  }, { quiet: false });
  return button;
}

function body(found, place) {
  const lang = languageOf(found);
  const cut = slicer(found.text);
  const many = found.paragraphs.length > MANY ? " is-long" : "";
  const title = element("h2", { class: "text-title" }, found.title);
  const attributes = { class: `text${many}`, lang, dir: "auto", tabindex: "0" };
  const text = element("div", attributes, title, facts(found));
  const quote = quoted(found, place);
  let section = found.title;
  for (const paragraph of found.paragraphs) {
    if (paragraph.section && paragraph.section !== section) text.append(element("h3", {}, paragraph.section));
    section = paragraph.section || section;
    text.append(paragraphOf(found, paragraph, place, quote, cut));
  }
  return text;
}

function facts(found) {
  const known = [titleOf(found.collection), found.date ?? say("undated"), say("paragraphs", number(found.paragraphs.length)), found.path];
  return element(
    "div",
    { class: "text-facts" },
    element("p", {}, known.filter(Boolean).join(" · ")),
    found.source ? element("p", {}, found.source) : null,
    leftOut(found),
  );
}

/** What the file has besides its text, in one line; why, where something can be done, on hovering. */
function leftOut({ left_out: parts }) {
  if (!parts.length) return null;
  const named = parts.map(({ what, count, place }) => `${sayOf("omissions", what)} (${place || number(count)})`);
  const why = parts.map(({ reason }) => reasonIn(reason)).filter(Boolean).join("\n");
  return element("p", { class: "text-left-out", title: why || null }, say("left_out", named.join(" · ")));
}

/** What a place quotes, which may go on in the paragraphs after its own; nothing where it cannot be. */
function quoted(found, place) {
  const first = found.paragraphs.find((paragraph) => paragraph.ordinal === place.paragraph);
  const begins = first && place.start >= first.start && place.start < first.end;
  return begins && place.end <= found.paragraphs.at(-1).end ? place : { start: 0, end: 0 };
}

function paragraphOf(found, paragraph, place, quote, cut) {
  const from = Math.max(quote.start, paragraph.start);
  const to = Math.min(quote.end, paragraph.end);
  const cited = paragraph.ordinal === place.paragraph || from < to;
  const text = cut(paragraph.start, paragraph.end);
  const spans = from < to ? [{ start: from - paragraph.start, end: to - paragraph.start }] : [];
  const address = addressOf({ id: found.id, collection: found.collection, paragraph: paragraph.ordinal });
  const attributes = { class: "gutter", href: address, tabindex: "-1", "aria-hidden": "true" };
  const gutter = element("a", attributes, String(paragraph.ordinal));
  const { kind, ordinal } = paragraph;
  return block(kind, { id: `p${ordinal}`, class: cited ? "cited" : null }, gutter, words(kind, marked(text, spans)));
}

/** Scrolls to the citation, and again once the browser has laid out all paragraphs. */
function reveal(box) {
  const target = box.querySelector(".cited mark") ?? box.querySelector(".cited");
  const scroller = box.querySelector(".text");
  if (!target) {
    scroller.scrollTop = 0;
    return;
  }
  target.scrollIntoView({ block: "center" });
  requestAnimationFrame(() => target.scrollIntoView({ block: "center" }));
}
