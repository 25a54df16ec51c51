/** Requests to the server that served this page, also below a proxy's path. */

import { within } from "./collections.js";
import { session } from "./storage.js";

/** The root path of the server: this file is at {root}page/server.js. */
export const ROOT = new URL("..", import.meta.url).pathname;

const PATIENCE = 20_000;
const BEAT = 30_000;
const MOST_TRIES = 5;
const WAITS = [1, 2, 4, 8, 15];
const GATEWAY = new Set([502, 504]);

/** The server answered, and refused; `details` are its problem details. */
export class Problem extends Error {
  constructor(status, details, retryAfter) {
    super(details.detail || `HTTP ${status}`);
    const { code, reason, length, most } = details;
    Object.assign(this, { status, code, reason, length, most, retryAfter });
  }
}

/** The server cannot be reached. */
export class Away extends Error {}

/** Dispatches `away` (with `wait`, in seconds) and `back`. */
export const connection = new EventTarget();

let returning = null;
const sleeping = new Set();

/** `ask` asks the reader for an API key; app.js sets it. */
export const keys = { ask: async () => null };
let asking = null;

export function get(path, token) {
  return request("GET", path, undefined, token);
}

export function post(path, body, token) {
  return request("POST", path, body, token);
}

/** Posts; the server's events, each `{ event, data }`, or the one `event` that it answers with. */
export async function postStreamed(path, body, event) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE); // for the beginning: the rest may take longer
  const response = await respond("POST", path, body, undefined, {
    accept: "text/event-stream, application/json",
    signal: patience.signal,
  });
  clearTimeout(timer);
  const streams = response.headers.get("Content-Type")?.startsWith("text/event-stream");
  return streams ? eventsOf(response.body) : [{ event, data: await response.json() }];
}

/** Server-sent events as they come. Where the stream breaks off it ends. */
async function* eventsOf(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (let text = ""; ; ) {
    const { value, done } = await reader.read().catch(() => ({ done: true }));
    if (done) return;
    const blocks = (text + value).split("\n\n");
    text = blocks.pop();
    for (const block of blocks) {
      const fields = Object.fromEntries(block.split("\n").map((line) => line.split(/: (.*)/s, 2)));
      if (fields.data) yield { event: fields.event, data: JSON.parse(fields.data) };
    }
  }
}

export function put(path, body, token) {
  return request("PUT", path, body, token);
}

export function remove(path, token) {
  return request("DELETE", path, undefined, token);
}

/** Sends a file, which may take minutes; `progress` is called with the share that is sent. */
export function sendFile(path, file, token, progress) {
  return new Promise((resolve, reject) => {
    const sent = new XMLHttpRequest(); // fetch does not tell how much is sent
    sent.open("PUT", ROOT + within(path));
    sent.setRequestHeader("Accept", "application/json");
    sent.setRequestHeader("Authorization", `Bearer ${token}`);
    sent.setRequestHeader("Content-Type", "application/octet-stream");
    sent.responseType = "json";
    sent.upload.onprogress = ({ loaded, total }) => progress(total ? loaded / total : 1);
    sent.onerror = () => {
      gone();
      reject(new Away());
    };
    sent.onload = () => {
      if (sent.status < 300) return resolve(sent.response);
      const after = Number(sent.getResponseHeader("Retry-After"));
      return reject(new Problem(sent.status, sent.response ?? {}, after > 0 ? after : undefined));
    };
    sent.send(file);
  });
}

/** Calls, and retries while the server is away or busy; `waits` is called with each problem. */
export async function persistently(call, waits) {
  for (let turn = 0; ; turn += 1) {
    try {
      return await call();
    } catch (problem) {
      if (problem instanceof Away) {
        waits(problem);
        await back();
      } else if (problem instanceof Problem && isPassing(problem, turn)) {
        waits(problem);
        await pause(problem.retryAfter ?? WAITS[Math.min(turn, WAITS.length - 1)]);
      } else throw problem;
    }
  }
}

/** Whether a retry makes sense: always while the index is built, a few times while busy. */
function isPassing({ status, code }, turn) {
  return code === "unavailable" || ((status === 429 || status === 503) && turn < MOST_TRIES);
}

/** Ends all waits, so that what waits is tried again at once. */
export function tryNow() {
  for (const wake of sleeping) wake();
}

/** A picture as a data: address; an <img> alone could not send a key. */
export async function picture(path) {
  const blob = await (await respond("GET", path)).blob();
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}

async function request(method, path, body, token) {
  const response = await respond(method, path, body, token);
  return response.status === 204 ? null : response.json();
}

async function respond(method, path, body, token, how) {
  let response;
  try {
    // A body that has a collection needs none in the address.
    const address = body?.collection === undefined ? within(path) : path;
    response = await fetch(ROOT + address, options(method, body, token, how));
  } catch {
    gone();
    throw new Away();
  }
  if (GATEWAY.has(response.status)) {
    gone();
    throw new Away();
  }
  if (response.ok) return response;
  const problem = await problemOf(response);
  if (response.status === 401 && token === undefined && (await newKey(body))) return respond(method, path, body, undefined, how);
  throw problem;
}

function options(method, body, token, { accept = "application/json", signal } = {}) {
  const headers = { Accept: accept };
  const bearer = token ?? session.get("wenda-key");
  if (bearer) headers.Authorization = `Bearer ${bearer}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  return {
    method,
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
    signal: signal ?? AbortSignal.timeout(PATIENCE),
    cache: "no-cache",
  };
}

async function problemOf(response) {
  let said = {};
  try {
    said = await response.json();
  } catch {
    // Not JSON: a proxy's error page.
  }
  const after = Number(response.headers.get("Retry-After"));
  return new Problem(response.status, said, after > 0 ? after : undefined);
}

/** Asks for a key once, however many requests wait for it. */
async function newKey() {
  asking ??= keys.ask().finally(() => {
    asking = null;
  });
  const key = await asking;
  if (key) session.set("wenda-key", key);
  return Boolean(key);
}

function gone() {
  returning ??= knock();
}

function back() {
  return returning ?? Promise.resolve();
}

/** Asks until the server answers again. */
async function knock() {
  for (let turn = 0; ; turn += 1) {
    const wait = WAITS[Math.min(turn, WAITS.length - 1)];
    connection.dispatchEvent(new CustomEvent("away", { detail: { wait } }));
    await pause(wait);
    if (await answers()) break;
  }
  returning = null;
  connection.dispatchEvent(new CustomEvent("back"));
}

async function answers() {
  try {
    const response = await fetch(`${ROOT}index`, options("GET"));
    return !GATEWAY.has(response.status);
  } catch {
    return false;
  }
}

function pause(seconds) {
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer);
      sleeping.delete(wake);
      resolve();
    };
    const timer = setTimeout(wake, seconds * 1000);
    sleeping.add(wake);
  });
}

window.addEventListener("online", tryNow);

/** Calls at intervals while the page is visible. */
export function beat(call) {
  setInterval(() => {
    if (document.visibilityState === "visible" && returning === null) call();
  }, BEAT);
}
