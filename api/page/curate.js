/** For administrators: names a sentence as the answer to some questions, and lists such answers. */

import { titleOf, within } from "./collections.js";
import { element } from "./elements.js";
import { explain, fillFrom } from "./language.js";
import { addressOf, placeOf } from "./place.js";
import { slicer } from "./quote.js";
import { Away, get, post, put, remove } from "./server.js";
import { admin } from "./storage.js";

const PASSAGES = 8;
let forms = 0;

const utter = (name) => fillFrom("curating", name, {});

export function wrong(problem) {
  return problem instanceof Away ? fillFrom("page", "away", {}) : explain(problem);
}

/** A form that names a sentence for questions; `done` is called when it is saved or given up. */
export function curateForm(questions, done) {
  forms += 1;
  const name = `sentence${forms}`;
  const choices = element("ul", { class: "choices" });
  const search = element("input", { type: "search", maxlength: "500", value: questions[0], "aria-label": utter("search") });
  const asked = area(utter("is_for"), questions.join("\n"));
  const others = area(utter("not_for"), "");
  const said = element("p", { role: "status", class: "about" });
  let looks = 0;
  const look = async () => {
    const mine = ++looks;
    try {
      const found = await sentences(search.value.trim(), name);
      if (mine === looks) choices.replaceChildren(...found); // an earlier search may end later
    } catch (problem) {
      said.textContent = wrong(problem);
    }
  };
  const save = async (event) => {
    event.preventDefault();
    const chosen = choices.querySelector("input:checked");
    if (!chosen) return void (said.textContent = utter("choose"));
    const { collection, ...place } = JSON.parse(chosen.value);
    const body = { ...place, questions: lines(asked), not_for: lines(others) };
    try {
      await post(within("curated", collection), body, admin.token);
      done(true);
    } catch (problem) {
      said.textContent = wrong(problem);
    }
  };
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    look();
  });
  look();
  return element(
    "form",
    { class: "curating", onsubmit: save, onkeydown: (event) => event.key === "Escape" && given(event, done) },
    element("p", { class: "about" }, utter("curate_why")),
    element("div", { class: "row" }, search, element("button", { type: "button", class: "button", onclick: look }, utter("search"))),
    choices,
    asked.parentElement,
    others.parentElement,
    element("div", { class: "row" }, element("button", { type: "submit", class: "button" }, utter("save")), said),
  );
}

function given(event, done) {
  event.stopPropagation();
  done(false);
}

function area(label, value) {
  const field = element("textarea", { rows: "2" });
  field.value = value;
  element("label", {}, label, field);
  return field;
}

function lines(field) {
  return field.value.split("\n").map((line) => line.trim()).filter(Boolean);
}

/** The sentences of the best passages for a text, each as a choice. */
async function sentences(text, name) {
  if (!text) return [];
  const query = new URLSearchParams({ q: text, top_k: PASSAGES });
  const { passages } = await get(`passages?${query}`, admin.token || undefined);
  const addresses = [...new Set(passages.map(addressed))];
  const documents = new Map(await Promise.all(addresses.map(async (path) => [path, await get(path, admin.token || undefined)])));
  return passages.map((passage) => {
    const { text: whole, paragraphs } = documents.get(addressed(passage));
    const { document_id, collection } = passage;
    const cut = slicer(whole);
    const spans = paragraphs.find(({ ordinal }) => ordinal === passage.paragraph)?.sentences ?? [];
    const rows = spans.map(([start, end]) => choice(name, { document_id, start, end, collection }, cut(start, end)));
    const about = [titleOf(collection), passage.title].filter(Boolean).join(" · ");
    return element("li", {}, element("span", { class: "about", dir: "auto" }, about), rows);
  });
}

/** The path of a passage's document. */
function addressed({ document_id: id, collection }) {
  return within(`documents/${encodeURIComponent(id)}`, collection);
}

function choice(name, place, text) {
  const field = element("input", { type: "radio", name, value: JSON.stringify(place) });
  return element("label", { class: "choice", dir: "auto" }, field, element("span", {}, text));
}

/** All curated answers, with what can be done about them. */
export async function curatedList(open) {
  const { curated } = await get("curated", admin.token ?? "");
  const rows = curated.map((each) => curatedRow(each, open));
  const exported = element("button", { type: "button", class: "quiet", onclick: save }, utter("export"));
  return element(
    "section",
    {},
    element("h3", {}, utter("curated")),
    rows.length ? element("ul", { class: "reviewed" }, rows) : element("p", {}, utter("none_curated")),
    rows.length ? exported : null,
  );
}

function curatedRow({ id, sentence, questions, not_for: others, expired, title, url, collection }, open) {
  const path = within(`curated/${encodeURIComponent(id)}`, collection);
  const place = url ? placeOf(new URL(url, location.href)) : null;
  const show = (event) => {
    event.preventDefault();
    open(place);
  };
  const said = element("p", { role: "status", class: "about" });
  const act = async () => {
    try {
      await remove(path, admin.token);
      row.remove();
    } catch (problem) {
      said.textContent = wrong(problem);
    }
  };
  const row = element(
    "li",
    { tabindex: "-1" },
    element("p", { class: "said", dir: "auto" }, sentence),
    expired ? element("p", { class: "problem" }, utter("expired")) : element("a", { href: addressOf(place), onclick: show, dir: "auto" }, [titleOf(collection), title].filter(Boolean).join(" · ")),
    fields(path, questions, others, said),
    said,
    element("span", { class: "deeds-row" }, element("button", { type: "button", class: "quiet", onclick: act, "aria-label": `${utter("remove")}: ${sentence}` }, utter("remove"))),
  );
  return row;
}

/** The questions of a curated answer, which can be changed in place. */
function fields(path, questions, others, said) {
  const asked = area(utter("is_for"), questions.join("\n"));
  const not = area(utter("not_for"), others.join("\n"));
  const change = async () => {
    try {
      await put(path, { questions: lines(asked), not_for: lines(not) }, admin.token);
      said.textContent = "✓";
    } catch (problem) {
      said.textContent = wrong(problem);
    }
  };
  const summary = element("summary", { dir: "auto" }, questions.join(" · "));
  const button = element("button", { type: "button", class: "button", onclick: change }, utter("save"));
  return element("details", {}, summary, asked.parentElement, not.parentElement, button);
}

async function save() {
  const { curated } = await get("curated", admin.token);
  const kept = curated.filter(({ expired }) => !expired);
  const line = ({ path, sentence }, question) => JSON.stringify({ question, must: [sentence], document: path });
  const text = kept.flatMap((each) => each.questions.map((question) => `${line(each, question)}\n`)).join("");
  const url = URL.createObjectURL(new Blob([text], { type: "application/jsonl" }));
  element("a", { href: url, download: "questions.jsonl" }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
