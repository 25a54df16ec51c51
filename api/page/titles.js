/** The list of documents, loaded part by part as the reader scrolls, and filtered. */

import { titleOf } from "./collections.js";
import { corpus, languageOf } from "./corpus.js";
import { element } from "./elements.js";
import { explain, number, say } from "./language.js";
import { addressOf } from "./place.js";
import { Away, get } from "./server.js";

const PART = 100;
/** Milliseconds after the last key before the server filters. */
const PAUSE = 250;

export class TitleList {
  /** `open(place)` shows a document. */
  constructor(open) {
    this.open = open;
    this.box = element("ul", { class: "titles" });
    this.asked = 0;
    this.search("");
  }

  /** The field that filters the list. */
  filter() {
    let later = 0;
    const oninput = (event) => {
      const wanted = event.currentTarget.value.trim();
      clearTimeout(later);
      later = setTimeout(() => this.search(wanted), PAUSE);
    };
    const label = say("filter");
    return element("input", { type: "search", class: "filter", maxlength: "200", placeholder: label, "aria-label": label, oninput });
  }

  search(wanted) {
    this.wanted = wanted;
    this.next = null;
    return this.load(true);
  }

  /** Loads the next part, or the first. Responses to all but the last request are ignored. */
  async load(first = false) {
    if (!corpus.index?.generation) return;
    const asked = ++this.asked;
    const query = new URLSearchParams({ limit: PART });
    if (this.wanted) query.set("q", this.wanted);
    if (!first && this.next) query.set("after", this.next);
    try {
      const part = await get(`documents?${query}`);
      if (asked === this.asked) this.show(part, first);
    } catch (problem) {
      if (asked === this.asked) this.refuse(problem);
    }
  }

  show({ documents, total, next }, first) {
    if (first) this.box.replaceChildren();
    this.rest?.remove();
    this.next = next;
    // It scrolls by itself, so that what stands below it stays within reach.
    if (next) this.box.classList.add("is-long");
    this.box.append(...documents.map((facts) => row(facts, this.open)));
    const shown = this.box.childElementCount;
    if (!shown) this.box.append(element("li", { class: "panel-note" }, say("none")));
    if (next) this.box.append(this.more(total - shown));
  }

  /** The end of what is loaded. Scrolled into view or pressed, it loads the next part. */
  more(count) {
    const load = () => this.load();
    const button = element("button", { type: "button", class: "quiet", onclick: load }, say("more_documents", number(count)));
    this.rest = element("li", { class: "panel-note" }, button);
    const sight = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      sight.disconnect();
      load();
    });
    sight.observe(this.rest);
    return this.rest;
  }

  refuse(problem) {
    const words = problem instanceof Away ? say("away") : explain(problem);
    const again = element("button", { type: "button", class: "button", onclick: () => this.load(!this.next) }, say("again"));
    this.rest?.remove();
    this.rest = element("li", { class: "panel-note", role: "alert" }, words, " ", again);
    this.box.append(this.rest);
  }
}

function row(facts, open) {
  const place = { id: facts.id, collection: facts.collection };
  const act = (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    open(place);
  };
  const about = [titleOf(facts.collection), facts.date ?? say("undated"), say("paragraphs", number(facts.paragraphs))].filter(Boolean).join(" · ");
  return element(
    "li",
    {},
    element(
      "a",
      { href: addressOf(place), onclick: act },
      element("span", { class: "title", lang: languageOf(facts), dir: "auto" }, facts.title),
      element("span", { class: "about" }, about),
    ),
  );
}
