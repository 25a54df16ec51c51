/** A question and its outcome, as an article. */

import { copy } from "./clipboard.js";
import { titleOf } from "./collections.js";
import { languageOf } from "./corpus.js";
import { element, icon, iconButton } from "./elements.js";
import { thumbs } from "./feedback.js";
import { filterSaid } from "./filters.js";
import { explain, fillFrom, fillIn, leftOutWords, number, say, understood, where } from "./language.js";
import { addressOf, link, ofCitation } from "./place.js";
import { block, excerpt, folding, marked, words } from "./quote.js";
import { writtenAnswer } from "./written.js";

/** Below this confidence the answer is shown with a caution. */
const UNSURE = 0.5;

/** The article of a turn; `acts` has `open(place)`, `again(turn)` and `ask(question)`. */
export function article(turn, acts) {
  const heading = element("h2", { id: `question-${turn.id}`, class: "asked", tabindex: "-1" }, turn.question);
  return element(
    "article",
    { class: `turn is-${turn.state}`, "aria-labelledby": heading.id, "aria-busy": turn.state === "asking" || null },
    heading,
    completed(turn),
    narrowed(turn),
    unsearched(turn),
    outcome(turn, acts),
  );
}

/** A follow-up as it was completed from the turns before, so that a misunderstanding is seen. */
function completed({ answer }) {
  if (!answer?.understood_as) return null;
  return element("p", { class: "understood", dir: "auto" }, understood(answer.understood_as));
}

/** Within which documents it was asked. */
function narrowed({ answer }) {
  if (!answer?.narrowed?.documents) return null;
  return element("p", { class: "understood", dir: "auto" }, filterSaid(answer));
}

/** Which collections could not be looked through yet. */
function unsearched({ answer }) {
  if (!answer?.unsearched?.length) return null;
  const titles = answer.unsearched.map(({ title }) => title).join(", ");
  return element("p", { class: "understood", dir: "auto" }, fillIn("unsearched", { titles }));
}

function outcome(turn, acts) {
  if (turn.state === "asking") return element("p", { class: "pending" }, say(turn.waiting ?? "asking"));
  if (turn.state === "failed") return failed(turn, acts);
  if (turn.answer.kind && turn.answer.reply && !turn.answer.answered) return smallTalk(turn.answer, acts);
  return turn.answer.answered ? answered(turn, acts) : absent(turn, acts);
}

/** A reply to a greeting and the like; what there is to ask about as a list. */
function smallTalk(answer, acts) {
  const { kind, listing, passages } = answer;
  const lists = listing && (kind === "documents" || kind === "news");
  return element(
    "div",
    { class: "reply" },
    element("p", { dir: "auto" }, answer.reply),
    lists && kind === "documents" ? folders(listing) : null,
    lists && listing.listed.length ? documentList(listing, kind, acts) : null,
    passages.length ? mentioning(passages, acts) : null,
  );
}

/** The folders with their numbers of documents, where there is more than one. */
function folders({ folders }) {
  if (folders.length < 2) return null;
  const line = ({ path, documents }) => element("li", {}, fillIn("folder", { path, count: number(documents) }));
  return element("ul", { class: "folders" }, folders.map(line));
}

function documentList({ listed, documents }, kind, acts) {
  const line = ({ id, collection, title, date, gist }) =>
    element(
      "li",
      {},
      link({ id, collection }, acts, element("cite", { dir: "auto" }, title)),
      date ? element("span", { class: "facts" }, date) : null,
      gist ? gistOf(gist, acts) : null,
    );
  const heading = kind === "documents" && listed.length < documents ? element("p", {}, say("newest")) : null;
  return [heading, element("ul", { class: "listed" }, listed.map(line))].filter(Boolean);
}

/** The sentence that says most of a document, which opens its place. */
function gistOf(citation, acts) {
  const lang = languageOf(citation);
  return element("p", { class: "gist" }, link(ofCitation(citation), acts, element("q", { lang, dir: "auto" }, citation.quote)));
}

function mentioning(passages, acts) {
  return element(
    "details",
    { class: "more" },
    element("summary", {}, say("mentioned"), icon("more")),
    element("ul", {}, passages.map((passage) => nearby(passage, acts))),
  );
}

function failed(turn, acts) {
  const again =
    turn.problem.status === 422
      ? null // It would be refused again.
      : element("button", { type: "button", class: "button", onclick: () => acts.again(turn) }, say("again"));
  const title = element("p", { class: "failed-title" }, say("failed"));
  return element("div", { class: "failed" }, title, element("p", {}, explain(turn.problem)), again);
}

function answered(turn, acts) {
  const { answer } = turn;
  const overview = answer.reply ? element("p", { class: "reply", dir: "auto" }, answer.reply) : null;
  const doubt = answer.confidence < UNSURE && !overview ? element("p", { class: "unsure" }, say("unsure")) : null;
  return [
    doubt,
    overview,
    writtenAnswer(turn, acts),
    answer.curated ? element("p", { class: "named" }, fillFrom("curating", "label", {})) : null,
    ...(answer.parts?.length ? sideBySide(answer, turn, acts) : [shortAnswer(answer), sourceList(answer.citations, answer, turn, acts)]),
    more(answer, acts),
    thumbs(turn),
  ].filter(Boolean);
}

/** The words that answer, each once, before the sentences they stand in. */
function shortAnswer({ short_answers: short, citations }) {
  if (!short?.length) return null;
  const words = short.map(({ text, citation }) =>
    element("strong", { lang: languageOf(citations.find(({ id }) => id === citation)), dir: "auto" }, text),
  );
  return element("p", { class: "short-answer" }, words);
}

function sourceList(citations, answer, turn, acts) {
  const sources = grouped(citations).map((group) => source(group, answer, turn, acts));
  return element("ol", { class: "sources", "aria-label": say("sources") }, sources);
}

/** The parts of a question: what each is about, above its quotes or that there are none. */
function sideBySide(answer, turn, acts) {
  return answer.parts.flatMap(({ label, citations: ids }) => {
    const citations = answer.citations.filter(({ id }) => ids.includes(id));
    const short_answers = answer.short_answers?.filter(({ citation }) => ids.includes(citation));
    const heading = element("h3", { class: "part", dir: "auto" }, label);
    if (!citations.length) return [heading, element("p", { class: "absent-why" }, say("absent"))];
    return [heading, shortAnswer({ short_answers, citations }), sourceList(citations, answer, turn, acts)];
  });
}

/** Citations grouped by paragraph, in the order of each group's first. */
function grouped(citations) {
  const groups = new Map();
  for (const citation of citations) {
    groups.set(keyOf(citation), [...(groups.get(keyOf(citation)) ?? []), citation]);
  }
  return [...groups.values()];
}

/** A key that identifies a paragraph of a document. */
function keyOf({ collection, document_id, paragraph }) {
  return `${collection ?? ""} ${document_id} ${paragraph}`;
}

function source(citations, answer, turn, acts) {
  const [first] = citations;
  const lang = languageOf(first);
  const numbers = citations.map((citation) => citation.id).join(" ");
  return element(
    "li",
    { class: "source" },
    element("span", { class: "numeral", "aria-hidden": "true" }, numbers),
    quotation(citations, answer, lang),
    origin(first, lang, acts),
    element(
      "div",
      { class: "deeds" },
      iconButton("open", say("open"), () => acts.open(ofCitation(first)), { quiet: false }),
      copyButton(() => cited(citations)),
    ),
  );
}

/** The paragraph with its quoted sentences marked; a long one is folded around them. */
function quotation(citations, answer, lang) {
  const [first] = citations;
  const passage = answer.passages.find((each) => keyOf(each) === keyOf(first));
  const quote = element("blockquote", { lang, dir: "auto" });
  // A list that is quoted may go on in the paragraphs after the one that was found.
  if (!passage || citations.some(({ end }) => end > passage.end)) {
    const mark = ({ kind, quote }) => block(kind, {}, words(kind, [element("mark", {}, quote)]));
    quote.append(...citations.map(mark), ...leftOut(citations));
    return quote;
  }
  const several = answer.citations.length > 1 && citations.length > 1;
  const spans = citations.map(({ start, end, id }) => ({
    start: start - passage.start,
    end: end - passage.start,
    label: several ? String(id) : null,
  }));
  const { kind, text } = passage;
  const folded = kind === "code" ? null : folding(text, spans);
  const shown = block(kind, {}, words(kind, folded ? excerpt(text, spans, folded) : marked(text, spans)));
  quote.append(shown, ...leftOut(citations));
  if (folded) quote.append(unfold(() => shown.replaceChildren(...marked(text, spans))));
  return quote;
}

/** How many items belong to quotes and are left out. */
function leftOut(citations) {
  const cut = citations.filter(({ omitted }) => omitted);
  return cut.map(({ omitted }) => element("p", { class: "origin" }, `… ${leftOutWords(omitted)}`));
}

function unfold(show) {
  const act = (event) => {
    show();
    event.currentTarget.remove();
  };
  return element("button", { type: "button", class: "quiet unfold", onclick: act }, say("whole"));
}

function origin(citation, lang, acts) {
  const section = citation.section && citation.section !== citation.title ? citation.section : null;
  const facts = [titleOf(citation.collection), section, where(citation), citation.date].filter(Boolean);
  return element(
    "p",
    { class: "origin" },
    link(ofCitation(citation), acts, element("cite", { lang, dir: "auto" }, citation.title)),
    element("span", { class: "facts" }, facts.map((fact) => element("span", fact === section ? { lang } : {}, fact))),
  );
}

function copyButton(text) {
  const button = iconButton("copy", say("copy"), async () => {
    const done = await copy(text());
    const label = button.querySelector(".tool-name");
    label.textContent = say(done ? "copied" : "not_copied");
    button.classList.toggle("is-done", done);
    setTimeout(() => {
      label.textContent = say("copy");
      button.classList.remove("is-done");
    }, 2000);
  }, { quiet: false });
  return button;
}

/** The quotes with their source, as plain text. */
function cited(citations) {
  const [first] = citations;
  const quotes = citations.map((citation) => citation.quote).join(" … ");
  const facts = [titleOf(first.collection), first.title, first.section, first.path, where(first), first.date].filter(Boolean);
  const address = new URL(addressOf(ofCitation(first)), location.href).href;
  return `${quotes}\n—— ${facts.join(" · ")}\n${address}`;
}

function more(answer, acts) {
  const quoted = new Set(answer.citations.map(keyOf));
  const others = answer.passages.filter((passage) => !quoted.has(keyOf(passage)));
  if (!others.length) return null;
  return element(
    "details",
    { class: "more" },
    element("summary", {}, say("more", others.length), icon("more")),
    element("ul", {}, others.map((passage) => nearby(passage, acts))),
  );
}

function nearby(passage, acts) {
  const lang = languageOf(passage);
  const place = { id: passage.document_id, collection: passage.collection, paragraph: passage.paragraph };
  const title = element("span", { class: "nearby-title", lang, dir: "auto" }, passage.section || passage.title);
  const text = element("span", { class: "nearby-text", lang, dir: "auto" }, passage.text);
  return element("li", {}, link(place, acts, title, text));
}

/** An abstention: an empty pair of quotation marks, and the nearest topics. */
function absent(turn, acts) {
  const topics = turn.answer.suggestions.map((topic) => suggestion(topic, turn.answer, acts));
  return element(
    "div",
    { class: "absent" },
    element("span", { class: "icon icon-brackets", "aria-hidden": "true" }),
    element("p", { class: "absent-title" }, say("absent")),
    element("p", { class: "absent-why" }, absentWhy(turn.answer, topics)),
    didYouMean(turn.answer, acts),
    topics.length ? element("ul", { class: "topics" }, topics.map((topic) => element("li", {}, topic))) : null,
    thumbs(turn),
  );
}

/** The question without a typing error, as a button that asks it. */
function didYouMean({ did_you_mean: question }, acts) {
  if (!question) return null;
  const act = () => acts.ask(question);
  return element("p", { class: "meant" }, element("button", { type: "button", class: "topic", dir: "auto", onclick: act }, fillIn("did_you_mean", { question })));
}

function absentWhy(answer, topics) {
  if (answer.narrowed && !answer.narrowed.documents) return filterSaid(answer);
  return say(topics.length ? "absent_why" : "absent_bare");
}

/** A topic opens its passage; one that no passage has is asked as a question. */
function suggestion(topic, answer, acts) {
  const near = answer.passages.find((passage) => (passage.section || passage.title) === topic);
  const lang = near ? languageOf(near) : null;
  const act = () => (near ? acts.open({ id: near.document_id, collection: near.collection, paragraph: near.paragraph }) : acts.ask(topic));
  return element("button", { type: "button", class: "topic", lang, dir: "auto", onclick: act }, topic);
}
