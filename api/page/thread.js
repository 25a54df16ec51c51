/** The conversation: turns, oldest first; a question is sent with the turns before it. */

import { chosenCollection } from "./collections.js";
import { element, find } from "./elements.js";
import { filterFields, narrow, widen } from "./filters.js";
import { say } from "./language.js";
import { Away, persistently, postStreamed } from "./server.js";
import { session } from "./storage.js";
import { article } from "./turn.js";
import { writtenAnswer } from "./written.js";

const PASSAGES = 5;
const MOST_TURNS = 20;
const KEPT = "wenda-thread";

export class Thread {
  /** `acts.open(place)` shows a source; `acts.changed()` is called when turns are added or removed. */
  constructor(acts) {
    this.turns = [];
    this.box = find("thread");
    this.acts = { ...acts, again: (turn) => this.answer(turn), ask: (question) => this.ask(question) };
    this.restore();
  }

  async ask(question) {
    const collection = chosenCollection();
    const within = collection ? { ...filterFields(), collection } : filterFields();
    const turn = { id: ++this.last, question, state: "asking", history: this.history(), within };
    this.turns.push(turn);
    this.draw(turn);
    this.acts.changed();
    this.show(turn);
    await this.answer(turn);
  }

  async answer(turn) {
    Object.assign(turn, { state: "asking", waiting: undefined });
    this.draw(turn);
    try {
      const body = { question: turn.question, top_k: PASSAGES, history: turn.history, ...turn.within };
      const events = await persistently(() => postStreamed("ask", body, "answer"), (problem) => this.wait(turn, problem));
      for await (const { event, data } of events) {
        if (event === "answer") this.answered(turn, data, !Array.isArray(events));
        else this.writes(turn, data);
      }
    } catch (problem) {
      if (turn.state === "asking") {
        Object.assign(turn, { state: "failed", problem });
        this.settled(turn);
      }
    }
    if (turn.writing) this.writes(turn, null); // it ended without being finished
  }

  answered(turn, answer, writing) {
    Object.assign(turn, { state: "answered", answer, writing });
    narrow(answer.narrowed);
    this.settled(turn);
  }

  settled(turn) {
    if (!this.turns.includes(turn)) return;
    this.draw(turn);
    this.save();
    announce(turn);
  }

  /** Shows what a language model has written so far; the rest of the turn stays as it is. */
  writes(turn, written) {
    turn.answer.written = written;
    turn.writing = Boolean(written && !written.finished);
    const old = this.articleOf(turn)?.querySelector(".written");
    const made = writtenAnswer(turn, this.acts);
    if (old && made) old.replaceWith(made);
    else old?.remove();
    if (turn.writing) return;
    this.save();
    if (made && this.turns.includes(turn)) find("live").replaceChildren(element("span", {}, made.textContent));
  }

  wait(turn, problem) {
    turn.waiting = problem instanceof Away ? "away_kept" : problem.code === "unavailable" ? "building" : "busy";
    this.draw(turn);
  }

  history() {
    const told = this.turns.filter((turn) => turn.state === "answered" && !turn.answer.kind).slice(-MOST_TURNS);
    return told.map(({ question, answer }) => ({
      question,
      answer: answer.answer,
      understood_as: answer.understood_as ?? null,
    }));
  }

  /** Draws a turn, in place of its old element or at the end. */
  draw(turn) {
    const made = article(turn, this.acts);
    const old = this.articleOf(turn);
    if (old) old.replaceWith(made);
    else if (this.turns.includes(turn)) this.box.append(made);
  }

  articleOf(turn) {
    return this.box.querySelector(`[aria-labelledby="question-${turn.id}"]`);
  }

  drawAll() {
    this.box.replaceChildren(...this.turns.map((turn) => article(turn, this.acts)));
  }

  show(turn) {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.articleOf(turn)?.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
  }

  /** Answered turns outlive a reload of the page, not the tab. */
  save() {
    const told = this.turns.filter((turn) => turn.state === "answered").slice(-MOST_TURNS);
    const lasting = told.map(({ id, question, state, answer }) => ({ id, question, state, answer }));
    session.set(KEPT, told.length ? JSON.stringify(lasting) : null);
  }

  restore() {
    try {
      this.turns = JSON.parse(session.get(KEPT) ?? "[]").filter((turn) => turn.answer.passages);
    } catch {
      this.turns = []; // of another version of the page
    }
    this.last = Math.max(0, ...this.turns.map((turn) => turn.id));
  }

  clear() {
    this.turns = [];
    widen();
    this.save();
    this.drawAll();
    this.acts.changed();
  }
}

/** What is read out of an answer: the words that answer come before the sentences. */
function outcomeOf({ citations, short_answers: short = [], answer }) {
  const words = short.map(({ text }) => text).join(", ");
  return [words, say("answered", citations.length), answer].filter(Boolean).join(" ");
}

/** Announces the outcome of a question to screen readers. */
function announce(turn) {
  const { answer } = turn;
  let said = say("failed");
  if (answer && turn.state === "answered") {
    if (answer.reply && !answer.answered) said = answer.reply;
    else said = answer.answered ? outcomeOf(answer) : say("absent");
  }
  find("live").replaceChildren(element("span", {}, said));
}
