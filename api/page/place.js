/** Places in documents as addresses: /documents/{id}#p7, or #p7:1234-1278 for a sentence. */

import { element } from "./elements.js";
import { ROOT } from "./server.js";

const HASH = /^#p(\d{1,7})(?::(\d{1,9})-(\d{1,9}))?$/;

/** The address of a place: a document's `id`, and if known `collection`, `paragraph`, `start` and `end`. */
export function addressOf({ id, collection, paragraph, start, end }) {
  const sentence = start !== undefined && end !== undefined ? `:${start}-${end}` : "";
  const hash = paragraph === undefined ? "" : `#p${paragraph}${sentence}`;
  return `${ROOT}documents/${encodeURIComponent(id)}${collection ? `?collection=${encodeURIComponent(collection)}` : ""}${hash}`;
}

/** The place that an address names; null when it names none. */
export function placeOf({ pathname, search, hash }) {
  const folder = `${ROOT}documents/`;
  if (!pathname.startsWith(folder) || pathname.length === folder.length) return null;
  let id;
  try {
    id = decodeURIComponent(pathname.slice(folder.length));
  } catch {
    return null;
  }
  const collection = new URLSearchParams(search).get("collection");
  const match = HASH.exec(hash);
  if (!match) return { id, collection };
  const [, paragraph, start, end] = match.map((part) => (part === undefined ? undefined : Number(part)));
  return { id, collection, paragraph, start, end };
}

export function ofCitation(citation) {
  return {
    id: citation.document_id,
    collection: citation.collection,
    paragraph: citation.paragraph,
    start: citation.start,
    end: citation.end,
  };
}

/** A link that opens in the panel; with a modifier key, as the browser does. */
export function link(place, acts, ...children) {
  return element("a", { href: addressOf(place), onclick: (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    acts.open(place);
  } }, ...children);
}
