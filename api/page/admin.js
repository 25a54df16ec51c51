/** The administrator's corner: starts a rebuild of the index and shows its progress. */

import { corpus, refresh } from "./corpus.js";
import { element } from "./elements.js";
import { explain, fillFrom, number, say, sayOf } from "./language.js";
import { Away, get, post } from "./server.js";
import { admin as kept } from "./storage.js";
import { tokenGiven, uploads } from "./uploads.js";

const EVERY = 700;
const LOOKS = 15;

/** The job's state outlives the panel, so that a panel opened again shows it. */
let job = null;
let trouble = null;
let following = false;
let opened = false;
let draw = () => {};

/** Has the corner open when it is drawn next. */
export function openCorner() {
  opened = true;
}

/** The corner; `review()` shows the questions without an answer. */
export function admin(review) {
  const state = element("div", { class: "job", role: "status" });
  const token = element("input", {
    id: "token",
    type: "password",
    autocomplete: "off",
    spellcheck: "false",
    required: true,
    value: kept.token,
    "aria-describedby": "token-why",
    oninput: () => {
      kept.token = token.value;
    },
    onchange: tokenGiven,
  });
  const button = element("button", { type: "submit", class: "button" }, say("rebuild"));
  const form = element(
    "form",
    { class: "admin", onsubmit: (event) => {
      event.preventDefault();
      kept.token = token.value;
      rebuild(token.value);
    } },
    element("label", { for: "token" }, say("token")),
    element("p", { class: "admin-why", id: "token-why" }, say("token_why")),
    element("div", { class: "row" }, token, button),
    state,
  );
  draw = () => {
    button.disabled = job?.state === "running";
    state.replaceChildren(...progress());
  };
  draw();
  const asked = element("p", {}, element("button", { type: "button", class: "quiet", id: "asked", onclick: review }, fillFrom("review", "open", {})));
  const open = opened || job !== null || trouble !== null;
  const ontoggle = (event) => {
    opened = event.currentTarget.open;
  };
  return element("details", { class: "corner", id: "corner", open, ontoggle }, element("summary", {}, say("admin")), form, asked, uploads());
}

function progress() {
  if (trouble) return [element("p", { class: "problem" }, trouble)];
  if (!job) return [];
  if (job.state === "failed") return [element("p", { class: "problem" }, say("rebuild_failed", job.error))];
  if (job.state === "done") return [element("p", {}, report(job.report ?? {}))];
  const share = job.total ? { value: job.done, max: job.total } : {};
  const count = job.total ? ` ${number(job.done)} / ${number(job.total)}` : "";
  const words = say("rebuilding", sayOf("stages", job.stage)) + count;
  return [element("p", {}, words), element("progress", { "aria-label": words, ...share })];
}

function report({ written, added = [], changed = [], removed = [], unchanged = [] }) {
  if (written === false) return say("up_to_date");
  return say("rebuilt", ...[added, changed, removed, unchanged].map((files) => number(files.length)));
}

async function rebuild(token) {
  trouble = null;
  try {
    job = await post("index/rebuild", undefined, token);
  } catch (problem) {
    trouble = problem instanceof Away ? say("away") : explain(problem);
  }
  draw();
  document.querySelector(".job")?.scrollIntoView({ block: "nearest" });
  if (job?.state === "running" && !following) await follow(token);
}

/** Polls the job until it ends; a server that cannot be reached is asked again. */
async function follow(token) {
  following = true;
  while (job.state === "running") {
    await new Promise((resolve) => setTimeout(resolve, EVERY));
    try {
      job = await get(`index/jobs/${encodeURIComponent(job.id)}`, token);
    } catch (problem) {
      if (problem instanceof Away) continue;
      [job, trouble] = [null, explain(problem)];
      break;
    }
    draw();
  }
  following = false;
  draw();
  await arrival(job?.report?.generation);
}

/** Polls until the server serves the new index, which takes it a moment. */
async function arrival(generation) {
  for (let looks = 0; looks < LOOKS; looks += 1) {
    await refresh().catch(() => {});
    if (!generation || corpus.index?.generation === generation) return;
    await new Promise((resolve) => setTimeout(resolve, EVERY));
  }
}
