/** The page's words, in the browser's language unless the reader chooses another. */

import { keep, kept } from "./storage.js";
import WORDS from "./words.js";

const CHOICE = "wenda-language";
const TRADITIONAL = /^zh\b.*\b(hant|tw|hk|mo)\b/i;

let current = WORDS[kept(CHOICE)] ? kept(CHOICE) : preferred(navigator.languages ?? []);

export function language() {
  return current;
}

export function choose(code) {
  if (!WORDS[code]) return;
  current = code;
  keep(CHOICE, code);
}

function preferred(codes) {
  for (const code of codes) {
    if (/^zh\b/i.test(code)) return TRADITIONAL.test(code) ? "zh-Hant" : "zh-Hans";
    if (/^en\b/i.test(code)) return "en";
  }
  return "en";
}

/** The words of a name: the page's own, else those that stand around answers everywhere. */
export function say(name, ...values) {
  const { page, answers } = WORDS[current];
  return fill(page[name] ?? answers[name], values);
}

/** Puts values into their places: {0}, {1}, … from a list, {name} from an object. */
function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, at) => values[at] ?? "");
}

/** One of a table of words: `sayOf("themes", "dark")`; the name itself where there is none. */
export function sayOf(table, name) {
  return WORDS[current].page[table][name] ?? name;
}

/** How the server understood a question that builds on earlier ones. */
export function understood(question) {
  return fill(WORDS[current].answers.understood_as, { question });
}

/** The words of a name whose places are named. */
export function fillIn(name, values) {
  return fill(WORDS[current].answers[name], values);
}

/** The words of a section, whose places are named: `fillFrom("uploads", "rules", { folder })`; of a
 * table in it by a key, "" where there is none. */
export function fillFrom(section, name, values, key) {
  const found = WORDS[current][section][name];
  return fill((key === undefined ? found : found[key]) ?? "", values);
}

/** The fields of a filter, with what they are called. */
export function filterNames() {
  return WORDS[current].answers.filters;
}

/** How many more items belong to a quote. */
export function leftOutWords(count) {
  return fill(WORDS[current].answers.omitted, { count });
}

/** What went wrong, in the reader's language if there are words for it. */
export function explain(problem) {
  const { page, answers } = WORDS[current];
  const refusal = answers.refusals[problem.reason];
  return refusal ? fill(refusal, problem) : (page.problems[problem.code] ?? problem.message);
}

/** Why a file was left out, as the index keeps it in English; what is not known stays as it is. */
export function reasonIn(reason) {
  const { sentences, kinds } = WORDS[current].reasons;
  const fillKinds = (text, held) => text.replace(/\{(\d+)\}/g, (_, at) => kinds[held[at]] ?? held[at]);
  const said = sentences.reduce(
    (text, [pattern, translated]) => text.replace(new RegExp(pattern, "g"), (_, ...held) => fillKinds(translated, held)),
    reason ?? "",
  );
  return said.replace(/([。：]) +/g, "$1");
}

export function number(value) {
  return new Intl.NumberFormat(current).format(value);
}

/** Fills the elements that index.html marks with data-text and data-label. */
export function translate() {
  document.documentElement.lang = current;
  document.title = current === "en" ? "Wenda" : `${say("name")} Wenda`;
  for (const named of document.querySelectorAll("[data-text]")) {
    named.textContent = say(named.dataset.text);
  }
  for (const named of document.querySelectorAll("[data-label]")) {
    named.setAttribute("aria-label", say(named.dataset.label));
  }
}

const UNITS = [["year", 31_536_000], ["month", 2_592_000], ["day", 86_400], ["hour", 3600], ["minute", 60]];

/** How long ago a moment was, as text. */
export function ago(moment) {
  const seconds = (new Date(moment).getTime() - Date.now()) / 1000;
  if (Number.isNaN(seconds)) return "";
  const format = new Intl.RelativeTimeFormat(current, { numeric: "auto" });
  const [unit, size] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? ["minute", 60];
  return format.format(Math.min(Math.round(seconds / size), 0), unit);
}

export function moment(value) {
  const time = new Date(value);
  if (Number.isNaN(time.getTime())) return String(value ?? "");
  return new Intl.DateTimeFormat(current, { dateStyle: "medium", timeStyle: "short" }).format(time);
}

/** Where something stands in its file. */
export function where({ lines, page, recognized }) {
  const place = standing(lines, page);
  return typeof recognized === "number" ? `${place} · ${say("recognized")}` : place;
}

function standing(lines, page) {
  if (page !== null && page !== undefined) return say("page", page);
  return lines[0] === lines[1] ? say("line", lines[0]) : say("lines", lines[0], lines[1]);
}
