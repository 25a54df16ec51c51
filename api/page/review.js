/** For administrators: what was asked and not answered, what did not help, and trying again. */

import { curatedList, curateForm, wrong } from "./curate.js";
import { titleOf, within } from "./collections.js";
import { element } from "./elements.js";
import { ago, fillFrom } from "./language.js";
import { addressOf, placeOf } from "./place.js";
import { get, post } from "./server.js";
import { admin } from "./storage.js";

const AT_ONCE = 50;

const tell = (name, values = {}) => fillFrom("review", name, values);

/** Shows the questions in the panel; `open(place)` shows a document, `back` the documents. */
export async function showReview(panel, open, back) {
  const list = element("div", { class: "review", "aria-live": "polite" });
  const head = element(
    "div",
    { class: "panel-head" },
    element("h2", { class: "panel-title" }, tell("title")),
    element("div", { class: "panel-tools" }, panel.closeButton()),
  );
  const returning = element("button", { type: "button", class: "quiet", onclick: back }, fillFrom("page", "documents", {}));
  panel.show(tell("title"), head, element("div", { class: "shelf" }, returning, list));
  await load(list, open);
}

async function load(list, open) {
  try {
    const found = await get("questions", admin.token ?? "");
    draw(list, found, open, () => load(list, open));
    list.append(await curatedList(open));
  } catch (problem) {
    list.replaceChildren(element("p", { class: "problem", role: "alert" }, wrong(problem)));
  }
}

function draw(list, { kept_days: days, unanswered, disliked }, open, again) {
  const rows = unanswered.map((group) => new Row(group, open, again));
  list.replaceChildren(
    element("p", { class: "admin-why" }, days ? tell("kept", { days }) : tell("off")),
    ...(rows.length ? [allAgain(rows), element("ul", { class: "reviewed" }, rows.map(({ box }) => box))] : [element("p", {}, tell("none"))]),
    element("h3", {}, tell("disliked")),
    disliked.length
      ? element("ul", { class: "reviewed" }, disliked.map((each) => new Row({ ...each, wordings: [{ question: each.question }] }, open, again).box))
      : element("p", {}, tell("none_disliked")),
  );
}

/** Tries the question of every group again, so many at once. */
function allAgain(rows) {
  const said = element("span", { class: "about", role: "status" });
  const act = async () => {
    button.disabled = true;
    const left = rows.filter(({ box }) => box.isConnected);
    let answered = 0;
    for (let at = 0; at < left.length; at += AT_ONCE) {
      const some = left.slice(at, at + AT_ONCE);
      answered += await tryRows(some, said);
    }
    said.textContent = tell("tried", { answered, tried: left.length });
    button.disabled = false;
  };
  const button = element("button", { type: "button", class: "button", onclick: act }, tell("all_again"));
  return element("p", { class: "row" }, button, said);
}

/** How many of the rows are answered now; each is asked of its own collection. */
async function tryRows(rows, said) {
  let answered = 0;
  try {
    for (const [collection, its] of Map.groupBy(rows, (row) => row.collection)) {
      const { tried } = await post(within("questions/try", collection), { questions: its.map(({ question }) => question) }, admin.token);
      its.forEach((row, at) => row.show(tried[at]));
      answered += tried.filter((each) => each.answered).length;
    }
  } catch (problem) {
    said.textContent = wrong(problem);
  }
  return answered;
}

/** A group of questions, or an answer that did not help, with what can be done about it. */
class Row {
  /** `again` draws everything anew. */
  constructor({ wordings, count, last, answer, comments = [], collection }, open, again) {
    this.collection = collection;
    this.wordings = wordings.map(({ question }) => question);
    this.question = this.wordings[0];
    this.open = open;
    this.again = again;
    this.outcome = element("p", { class: "outcome" });
    const others = this.wordings.slice(1);
    this.box = element(
      "li",
      { tabindex: "-1" },
      element("b", { dir: "auto" }, this.question),
      element("span", { class: "about", dir: "auto" }, [tell("times", { count, day: ago(last) }), titleOf(collection)].filter(Boolean).join(" · ")),
      answer === undefined ? null : element("p", { class: "said", dir: "auto" }, answer ?? tell("no_answer")),
      comments.map((comment) => element("p", { class: "about", dir: "auto" }, `“${comment}”`)),
      others.length ? this.others(others) : null,
      this.outcome,
      element(
        "span",
        { class: "deeds-row" },
        this.deed("again", () => tryRows([this], this.outcome)),
        this.deed("done", () => this.forget()),
      ),
      this.curating(),
    );
  }

  others(texts) {
    const items = texts.map((text) => element("li", { dir: "auto" }, text));
    return element("details", {}, element("summary", {}, tell("wordings", { count: texts.length })), element("ul", {}, items));
  }

  /** Opens a form in which a sentence is named as the answer. */
  curating() {
    const box = element("div", { class: "curate-box" });
    const close = (saved) => {
      box.replaceChildren(button);
      if (saved) this.again();
      else button.focus();
    };
    const act = () => {
      box.replaceChildren(curateForm(this.wordings.slice(0, 20), close));
      box.querySelector("input").focus();
    };
    const button = element("button", { type: "button", class: "quiet", onclick: act, "aria-label": `${fillFrom("curating", "curate", {})}: ${this.question}` }, fillFrom("curating", "curate", {}));
    box.append(button);
    return box;
  }

  deed(name, onclick) {
    return element("button", { type: "button", class: "quiet", onclick, "aria-label": `${tell(name)}: ${this.question}` }, tell(name));
  }

  show({ answered, answer, title, url, refused }) {
    if (!answered) return this.outcome.replaceChildren(refused ?? tell("still"));
    const place = placeOf(new URL(url, location.href));
    const act = (event) => {
      event.preventDefault();
      this.open(place);
    };
    return this.outcome.replaceChildren(
      element("span", { class: "is-found" }, tell("answered", { answer })),
      " ",
      element("a", { href: addressOf(place), onclick: act }, title),
    );
  }

  async forget() {
    try {
      await post(within("questions/forget", this.collection), { questions: this.wordings.slice(0, AT_ONCE) }, admin.token);
      const next = this.box.nextElementSibling ?? this.box.previousElementSibling;
      this.box.remove();
      next?.focus();
    } catch (problem) {
      this.outcome.textContent = wrong(problem);
    }
  }
}
