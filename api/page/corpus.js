/** What the server answers from: the state of its index, and documents that were opened. */

import { get } from "./server.js";

/** Dispatches `changed` after each look at the index; `detail.renewed` says whether it is new. */
export const corpus = Object.assign(new EventTarget(), { index: null });

const texts = new Map();
const MOST_TEXTS = 20;
const SOON = 2000;
let later = 0;

/** Asks for the state of the index; soon again when there is no index yet. */
export async function refresh() {
  const index = await get("index");
  const renewed = index.generation !== corpus.index?.generation;
  if (renewed) texts.clear();
  corpus.index = index;
  clearTimeout(later);
  if (!index.generation) later = setTimeout(() => refresh().catch(() => {}), SOON);
  corpus.dispatchEvent(new CustomEvent("changed", { detail: { renewed } }));
}

/** A whole document; the last few are kept until there is a new index. */
export async function documentOf(id) {
  if (!texts.has(id)) {
    if (texts.size >= MOST_TEXTS) texts.delete(texts.keys().next().value);
    texts.set(id, await get(`documents/${encodeURIComponent(id)}`));
  }
  return texts.get(id);
}

/** The lang attribute for the words of a document, citation or passage: which Chinese it is
 * decides the fonts. */
export function languageOf({ language, script }) {
  if (language === "zh") return script === "Hant" ? "zh-Hant" : "zh-Hans";
  return language && language !== "und" ? language : "";
}
