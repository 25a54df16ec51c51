/** The documents and the index in the panel, with the corner of who looks after them. */

import { admin } from "./admin.js";
import { corpus, languageOf } from "./corpus.js";
import { element } from "./elements.js";
import { ago, moment, number, say } from "./language.js";
import { addressOf } from "./place.js";

const MOST = 200;
const FILTERED = 12;

/** Shows the corpus in the panel; `open(place)` shows one of its documents. */
export function showLibrary(panel, open) {
  const list = element("ul", { class: "titles" });
  const fill = (wanted) => list.replaceChildren(...titles(wanted, open));
  fill("");
  const many = corpus.documents.length > FILTERED;
  panel.show(
    say("documents"),
    element(
      "div",
      { class: "panel-head" },
      element("h2", { class: "panel-title" }, say("documents")),
      element("div", { class: "panel-tools" }, panel.closeButton()),
    ),
    element("div", { class: "shelf" }, many ? filter(fill) : null, list, indexFacts(), skipped(), admin()),
  );
}

function filter(fill) {
  return element("input", {
    type: "search",
    class: "filter",
    placeholder: say("filter"),
    "aria-label": say("filter"),
    oninput: (event) => fill(event.currentTarget.value.trim().toLowerCase()),
  });
}

function titles(wanted, open) {
  const fits = ({ title, path }) => `${title} ${path}`.toLowerCase().includes(wanted);
  const fitting = corpus.documents.filter(fits);
  if (!fitting.length) return [element("li", { class: "panel-note" }, say("none"))];
  const rows = fitting.slice(0, MOST).map((facts) => row(facts, open));
  const more = fitting.length - MOST;
  return more > 0 ? [...rows, element("li", { class: "panel-note" }, say("others", number(more)))] : rows;
}

function row(facts, open) {
  const act = (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    open({ id: facts.id });
  };
  const about = [facts.date ?? say("undated"), say("paragraphs", number(facts.paragraphs))].join(" · ");
  return element(
    "li",
    {},
    element(
      "a",
      { href: addressOf({ id: facts.id }), onclick: act },
      element("span", { class: "title", lang: languageOf(facts), dir: "auto" }, facts.title),
      element("span", { class: "about" }, about),
    ),
  );
}

function indexFacts() {
  const { index } = corpus;
  if (!index) return null;
  const { documents = 0, paragraphs = 0, sentences = 0 } = index.counts ?? {};
  const rows = [
    [say("size"), say("sizes", number(documents), number(paragraphs), number(sentences))],
    [say("built"), index.created ? `${moment(index.created)} (${ago(index.created)})` : say("noIndex")],
    [say("model"), index.model],
    [say("generation"), index.generation],
  ];
  return element(
    "section",
    { class: "index-facts" },
    element("h3", {}, say("index")),
    index.problem ? element("p", { class: "problem", role: "alert" }, index.problem) : null,
    element("dl", {}, rows.filter(([, value]) => value).flatMap(pair)),
  );
}

function pair([name, value]) {
  return [element("dt", {}, name), element("dd", {}, value)];
}

function skipped() {
  const files = corpus.index?.skipped ?? [];
  if (!files.length) return null;
  const row = ({ path, reason }) => element("li", {}, element("b", {}, path), ` ${reason}`);
  return element(
    "details",
    { class: "corner" },
    element("summary", {}, say("skipped", number(files.length))),
    element("ul", { class: "skipped" }, files.slice(0, MOST).map(row)),
  );
}
