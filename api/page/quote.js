/** Texts with marked spans. Offsets count code points, as the server does; JavaScript counts
 * UTF-16 units, two for a rare character. */

import { element } from "./elements.js";

const PAIR = /[\ud800-\udbff][\udc00-\udfff]/;
/** Characters shown around the marked ones; the rest of a long text is folded away. */
const AROUND = 110;
const WORTH_FOLDING = 60;

/** A function that cuts a text at offsets in code points. */
export function slicer(text) {
  if (!PAIR.test(text)) return (start, end) => text.slice(start, end);
  const units = [0];
  for (const character of text) units.push(units.at(-1) + character.length);
  const unit = (offset) => units[Math.min(Math.max(offset, 0), units.length - 1)];
  return (start, end) => text.slice(unit(start), end === undefined ? undefined : unit(end));
}

/** The nodes of a text whose spans ({start, end, label}) are marked; they may not overlap. */
export function marked(text, spans) {
  const cut = slicer(text);
  const nodes = [];
  let at = 0;
  for (const { start, end, label } of [...spans].sort((a, b) => a.start - b.start)) {
    if (start < at || end <= start) continue;
    nodes.push(cut(at, start), element("mark", {}, cut(start, end)));
    if (label) nodes.push(element("sup", { class: "number" }, label));
    at = end;
  }
  nodes.push(cut(at));
  return nodes.filter((node) => node !== "");
}

/** An element for words of a kind: code keeps its white space, items of a list their lines. */
export function block(kind, attributes, ...nodes) {
  if (kind !== "code") return element("p", { ...attributes, class: `${attributes.class ?? ""} is-${kind ?? "text"}`.trim() }, ...nodes);
  return element("pre", { ...attributes, dir: "ltr" }, ...nodes);
}

/** The children of such an element; code scrolls sideways within it. */
export function words(kind, nodes) {
  return kind === "code" ? [element("code", { tabindex: "0" }, nodes)] : nodes;
}

/** Where to fold a long text around its spans: [start, end], or null to show it all. */
export function folding(text, spans) {
  const length = [...text].length;
  const first = Math.min(...spans.map((span) => span.start));
  const last = Math.max(...spans.map((span) => span.end));
  const start = first > AROUND + WORTH_FOLDING ? first - AROUND : 0;
  const end = length - last > AROUND + WORTH_FOLDING ? last + AROUND : length;
  return start > 0 || end < length ? [start, end] : null;
}

/** `marked`, for the part of a text between two offsets. */
export function excerpt(text, spans, [from, to]) {
  const moved = spans.map((span) => ({ ...span, start: span.start - from, end: span.end - from }));
  const cut = slicer(text);
  const before = from > 0 ? ["… "] : [];
  const after = to < [...text].length ? [" …"] : [];
  return [...before, ...marked(cut(from, to), moved), ...after];
}
