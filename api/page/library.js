/** The documents and the index in the panel, with the administrator's corner. */

import { admin } from "./admin.js";
import { corpus } from "./corpus.js";
import { element } from "./elements.js";
import { ago, moment, number, reasonIn, say } from "./language.js";
import { TitleList } from "./titles.js";

const MOST_SKIPPED = 200;
const FILTERED = 12;

/** Shows the corpus in the panel; `open(place)` shows one of its documents, `review()` the
 * questions without an answer. */
export function showLibrary(panel, open, review) {
  const titles = new TitleList(open);
  const many = (corpus.index?.counts?.documents ?? 0) > FILTERED;
  panel.show(
    say("documents"),
    element(
      "div",
      { class: "panel-head" },
      element("h2", { class: "panel-title" }, say("documents")),
      element("div", { class: "panel-tools" }, panel.closeButton()),
    ),
    element("div", { class: "shelf" }, many ? titles.filter() : null, titles.box, indexFacts(), skipped(), admin(review)),
  );
}

function indexFacts() {
  const { index } = corpus;
  if (!index) return null;
  const { documents = 0, paragraphs = 0, sentences = 0 } = index.counts ?? {};
  const rows = [
    [say("size"), say("sizes", number(documents), number(paragraphs), number(sentences))],
    [say("built"), index.created ? `${moment(index.created)} (${ago(index.created)})` : say("no_index")],
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
  const row = ({ path, reason }) => element("li", {}, element("b", {}, path), ` ${reasonIn(reason)}`);
  return element(
    "details",
    { class: "corner" },
    element("summary", {}, say("skipped", number(files.length))),
    element("ul", { class: "skipped" }, files.slice(0, MOST_SKIPPED).map(row)),
  );
}
