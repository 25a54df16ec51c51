/** The collections that the reader may see, and the one that was chosen; nothing where there is one folder. */

import { element, find } from "./elements.js";
import { say } from "./language.js";
import { session } from "./storage.js";

const KEPT = "wenda-collection";

let seen = [];

/** The name of the chosen collection; empty for all. */
export function chosenCollection() {
  return session.get(KEPT) ?? "";
}

export function chooseCollection(name) {
  session.set(KEPT, name || null);
}

/** The title of a collection, where there is more than one. */
export function titleOf(name) {
  return seen.length > 1 ? (seen.find((each) => each.name === name)?.title ?? null) : null;
}

function isBeingIndexed({ generation, building }) {
  return building && !generation;
}

function titleWithState(each) {
  return isBeingIndexed(each) ? say("unindexed", each.title) : each.title;
}

/** A path with a collection: its own, else the one that was chosen. */
export function within(path, collection = chosenCollection()) {
  if (!collection || /[?&]collection=/.test(path)) return path;
  return `${path}${path.includes("?") ? "&" : "?"}collection=${encodeURIComponent(collection)}`;
}

/** Draws the choice among what may be seen. */
export function drawCollections(collections = seen) {
  seen = collections;
  const options = [["", say("all_collections")], ...seen.map((each) => [each.name, titleWithState(each)])];
  const list = find("collection");
  list.replaceChildren(...options.map(([value, title]) => element("option", { value, dir: "auto" }, title)));
  list.value = chosenCollection();
  list.parentElement.hidden = seen.length < 2;
}
