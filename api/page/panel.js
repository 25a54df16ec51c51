/** The panel beside the conversation; on a narrow screen it covers it. */

import { find, iconButton } from "./elements.js";
import { say } from "./language.js";

const NARROW = matchMedia("(max-width: 62rem)");
const OTHERS = ["bar", "room"];

export class Panel {
  /** `onclose` is called when the reader closes it. */
  constructor(onclose) {
    this.box = find("panel");
    this.onclose = onclose;
    this.opener = null;
    this.box.addEventListener("keydown", (event) => this.keep(event));
    NARROW.addEventListener("change", () => this.fit());
  }

  get open() {
    return !this.box.hidden;
  }

  /** Shows nodes under a name; the focus moves in, to the text so that its keys scroll it. */
  show(name, ...nodes) {
    if (!this.open) this.opener = document.activeElement;
    this.box.setAttribute("aria-label", name);
    this.box.replaceChildren(...nodes);
    this.box.hidden = false;
    document.body.classList.add("has-panel");
    this.fit();
    const text = this.box.querySelector(".text") ?? this.box;
    if (text !== this.box || !this.box.contains(document.activeElement)) text.focus({ preventScroll: true });
  }

  hide() {
    if (!this.open) return;
    this.box.hidden = true;
    this.box.replaceChildren();
    document.body.classList.remove("has-panel");
    this.fit();
    if (this.opener?.isConnected) this.opener.focus({ preventScroll: true });
    else find("question").focus({ preventScroll: true });
    this.opener = null;
  }

  closeButton() {
    return iconButton("close", say("close"), () => this.onclose(), { class: "tool panel-close" });
  }

  /** Where it covers the page it is a dialog, and the page behind it cannot be reached. */
  fit() {
    const covers = this.open && NARROW.matches;
    for (const id of OTHERS) find(id).inert = covers;
    this.box.setAttribute("role", covers ? "dialog" : "complementary");
    if (covers) this.box.setAttribute("aria-modal", "true");
    else this.box.removeAttribute("aria-modal");
  }

  keep(event) {
    if (event.key === "Escape" && !event.isComposing) {
      event.stopPropagation();
      this.onclose();
    }
  }
}
