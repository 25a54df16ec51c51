/** The pages of a PDF file as they look, with the quoted sentence marked where it stands. */

import { within } from "./collections.js";
import { languageOf } from "./corpus.js";
import { element } from "./elements.js";
import { say } from "./language.js";
import { slicer } from "./quote.js";
import { get, persistently, picture } from "./server.js";

/** Whether a document's file has pages to show. */
export function isPaged(found, place) {
  return found.path.toLowerCase().endsWith(".pdf") && Boolean(cited(found, place)?.page);
}

/** The pages on which the sentence of a place stands; others are a button away. */
export async function pagesOf(found, place) {
  const span = spanOf(found, place);
  const query = new URLSearchParams(span);
  const path = `documents/${encodeURIComponent(found.id)}`;
  const collection = found.collection ?? undefined;
  const { pages, shown } = await persistently(() => get(within(`${path}/places?${query}`, collection)), () => {});
  const lang = languageOf(found);
  const view = element("div", { class: "text pages", tabindex: "0" });
  const quote = element("p", { class: "unseen", lang }, slicer(found.text)(span.start, span.end));
  const address = (page) => within(`${path}/pages/${page}.png`, collection);
  const leaves = shown.map((page) => leaf(address, pages, page));
  view.append(quote, ...leaves);
  if (shown[0].page > 1) view.prepend(more(address, pages, shown[0].page, -1));
  if (shown.at(-1).page < pages) view.append(more(address, pages, shown.at(-1).page, 1));
  return view;
}

function cited(found, place) {
  return found.paragraphs.find(({ ordinal }) => ordinal === place.paragraph) ?? found.paragraphs[0];
}

/** The quoted sentence, else the paragraph. */
function spanOf(found, place) {
  const paragraph = cited(found, place);
  const quoted = place.start >= paragraph.start && place.start < place.end && place.end <= found.paragraphs.at(-1).end;
  const { start, end } = quoted ? place : paragraph;
  return { start, end };
}

/** A page; `width` and `height` keep its room until it has come. */
function leaf(address, pages, { page, width, height, marks = [] }) {
  const image = element("img", { alt: say("page_of", page, pages) });
  const spots = marks.map((mark) => {
    const spot = element("mark", { class: "spot", "aria-hidden": "true" });
    ["left", "top", "width", "height"].forEach((side, at) => (spot.style[side] = `${100 * mark[at]}%`));
    return spot;
  });
  const made = element("figure", { class: marks.length ? "leaf cited" : "leaf" }, image, spots);
  if (width) image.style.aspectRatio = `${width} / ${height}`;
  persistently(() => picture(address(page)), () => {}).then(
    (drawn) => (image.src = drawn),
    () => made.replaceChildren(element("p", { class: "panel-note", role: "alert" }, say("page_missing"))),
  );
  return made;
}

/** A button that gives way to the page before or after. */
function more(address, pages, from, step) {
  const next = from + step;
  const button = element("button", { type: "button", class: "quiet turning" }, say(step < 0 ? "page_before" : "page_after"));
  button.addEventListener("click", () => {
    const further = next + step;
    const rest = further >= 1 && further <= pages ? [more(address, pages, next, step)] : [];
    const added = [leaf(address, pages, { page: next }), ...rest];
    button.replaceWith(...(step < 0 ? added.reverse() : added));
    rest[0]?.focus({ preventScroll: true });
  });
  return button;
}
