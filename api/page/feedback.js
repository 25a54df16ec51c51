/** Feedback on an answer: thumbs, and a comment on what was wrong. */

import { element, iconButton } from "./elements.js";
import { explain, say } from "./language.js";
import { Away, post } from "./server.js";

/** The buttons of a turn, which remembers what was chosen. */
export function thumbs(turn) {
  const box = element("div", { class: "thumbs" });
  const draw = () => box.replaceChildren(thumb("up", true), thumb("down", false), ...said());

  const thumb = (name, helpful) => {
    const pressed = String(turn.helpful === helpful);
    const attributes = { "aria-pressed": pressed, class: `tool thumb-${name}` };
    return iconButton(name, say(name), () => choose(helpful, name), attributes);
  };

  const choose = (helpful, name) => {
    turn.helpful = helpful;
    turn.commented = helpful;
    // Not drawn again when the server has it: the reader may be typing a comment by then.
    send(turn, "").catch(refuse);
    draw();
    box.querySelector(`.thumb-${name}`).focus();
    box.scrollIntoView({ block: "nearest" });
  };

  const refuse = (problem) => {
    turn.helpful = undefined;
    draw();
    box.append(element("span", { role: "alert" }, problem instanceof Away ? say("away") : explain(problem)));
  };

  const said = () => {
    if (turn.helpful === undefined) return [];
    const thanks = element("span", { class: "thanks", role: "status" }, say("thanks"));
    return turn.commented ? [thanks] : [thanks, comment()];
  };

  const comment = () => {
    const name = say("comment");
    const text = element("input", { type: "text", maxlength: "500", placeholder: name, "aria-label": name });
    const submit = (event) => {
      event.preventDefault();
      send(turn, text.value.trim()).then(() => {
        turn.commented = true;
        draw();
      }, refuse);
    };
    const button = element("button", { type: "submit", class: "button" }, say("send"));
    return element("form", { class: "comment", onsubmit: submit }, text, button);
  };

  draw();
  return box;
}

function send(turn, comment) {
  const { question, answer, generation, confidence, collection = null } = turn.answer;
  return post("feedback", { question, answer, helpful: turn.helpful, comment, generation, confidence, collection });
}
