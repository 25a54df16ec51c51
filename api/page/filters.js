/** Which documents are asked: a filter that holds for the conversation, shown as chips. */

import { element, find, icon } from "./elements.js";
import { fillIn, filterNames, say } from "./language.js";
import { session } from "./storage.js";

const KEPT = "wenda-filter";

let filter = restored();

/** The fields of the filter that are set, as a request has them. */
export function filterFields() {
  return filter;
}

/** Keeps the filter that an answer was found within, if it leaves any document. */
export function narrow(narrowed) {
  if (!narrowed?.documents) return;
  keep(Object.fromEntries(Object.keys(filterNames()).map((name) => [name, narrowed[name]])));
}

export function widen() {
  keep({});
}

function keep(fields) {
  filter = Object.fromEntries(Object.entries(fields).filter(([, value]) => value));
  session.set(KEPT, Object.keys(filter).length ? JSON.stringify(filter) : null);
  drawFilter();
}

function restored() {
  try {
    return JSON.parse(session.get(KEPT) ?? "{}");
  } catch {
    return {};
  }
}

export function drawFilter() {
  const names = filterNames();
  const chips = Object.entries(filter).map(([name, value]) => element("li", {}, chip(name, names[name], value)));
  find("chips").replaceChildren(...chips);
  find("chips").hidden = !chips.length;
}

function chip(name, label, value) {
  const act = () => {
    keep({ ...filter, [name]: "" });
    find("question").focus();
  };
  const text = element("span", { dir: "auto" }, `${label} ${value}`);
  const spoken = element("span", { class: "unseen" }, say("filter_remove"));
  return element("button", { type: "button", class: "chip", title: say("filter_remove"), onclick: act }, text, spoken, icon("close"));
}

/** What is said of an answer's filter: within what it was found, or that nothing matches. */
export function filterSaid({ narrowed }) {
  if (!narrowed) return null;
  const names = filterNames();
  const said = Object.entries(names).filter(([name]) => narrowed[name]).map(([name, label]) => `${label} ${narrowed[name]}`);
  const named = narrowed.documents ? "narrowed" : "nothing_left";
  return fillIn(named, { filter: said.join(" · "), count: narrowed.documents });
}
