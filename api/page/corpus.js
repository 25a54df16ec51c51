/** What the server answers from: the state of its index, and documents that were opened. */

import { chooseCollection, within } from "./collections.js";
import { get } from "./server.js";

/** Dispatches `changed` after each look at the index; `detail.renewed` says whether it is new. */
export const corpus = Object.assign(new EventTarget(), { index: null });

const texts = new Map();
const MOST_TEXTS = 20;
const SOON = 2000;
let later = 0;

/** Asks for the state of the index; soon again when there is no index yet, or not of every collection. */
export async function refresh() {
  const index = await state();
  const renewed = index.generation !== corpus.index?.generation;
  if (renewed) texts.clear();
  corpus.index = index;
  const waits = !index.generation || (index.collections ?? []).some((each) => each.building && !each.generation);
  clearTimeout(later);
  if (waits) later = setTimeout(() => refresh().catch(() => {}), SOON);
  corpus.dispatchEvent(new CustomEvent("changed", { detail: { renewed } }));
}

/** The state of what is chosen; of all, where that is not to be seen any more. */
async function state() {
  try {
    return await get("index");
  } catch (problem) {
    if (problem.code !== "unknown_collection") throw problem;
    chooseCollection("");
    return get("index");
  }
}

/** A whole document; the last few are kept until there is a new index. */
export async function documentOf(id, collection) {
  const path = within(`documents/${encodeURIComponent(id)}`, collection ?? undefined);
  if (!texts.has(path)) {
    if (texts.size >= MOST_TEXTS) texts.delete(texts.keys().next().value);
    texts.set(path, await get(path));
  }
  return texts.get(path);
}

/** The lang attribute for the words of a document, citation or passage: which Chinese it is
 * decides the fonts. */
export function languageOf({ language, script }) {
  if (language === "zh") return script === "Hant" ? "zh-Hant" : "zh-Hans";
  return language && language !== "und" ? language : "";
}
