/** What the server answers from: its documents and the state of its index. */

import { get } from "./server.js";

/** Tells `changed` when the documents or the index are others than before. */
export const corpus = Object.assign(new EventTarget(), { documents: [], index: null });

const texts = new Map();
const MOST_TEXTS = 20;
const SOON = 2000;
let later = 0;

/** Asks for the state of the index, and for the documents when they are new; soon again when
 * there is no index yet. */
export async function refresh() {
  const index = await get("index");
  const renewed = index.generation !== corpus.index?.generation;
  if (renewed) {
    corpus.documents = index.generation ? (await get("documents")).documents : [];
    texts.clear();
  }
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

/** The lang attribute for a document's words: which Chinese it is decides its fonts. */
export function languageOf({ language, script }) {
  if (language === "zh") return script === "Hant" ? "zh-Hant" : "zh-Hans";
  return language && language !== "und" ? language : "";
}

/** The same by a document's id, as far as the list of documents is known. */
export function languageOfDocument(id, language) {
  return languageOf(corpus.documents.find((facts) => facts.id === id) ?? { language });
}
