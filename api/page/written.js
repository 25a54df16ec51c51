/** What a language model has written from the quotations: above them, and named as what it is. */

import { languageOf } from "./corpus.js";
import { element } from "./elements.js";
import { say } from "./language.js";
import { link, ofCitation } from "./place.js";

/** The text of a turn so far, or that it is being written; null where there is none. */
export function writtenAnswer({ answer, writing }, acts) {
  const { written, citations } = answer;
  if (!writing && !written?.finished) return null;
  const sentences = written?.sentences ?? [];
  return element(
    "div",
    { class: "written", "aria-busy": writing || null },
    element("p", { class: "written-by" }, say(sentences.length ? "written" : "writing")),
    sentences.length ? element("p", { dir: "auto" }, sentences.flatMap((each) => sentence(each, citations, acts))) : null,
  );
}

function sentence({ text, citations: ids }, citations, acts) {
  const cited = citations.filter(({ id }) => ids.includes(id));
  const marks = cited.map((citation) => [" ", link(ofCitation(citation), acts, `[${citation.id}]`)]);
  return [element("span", { lang: languageOf(cited[0]) }, text), ...marks.flat(), " "];
}
