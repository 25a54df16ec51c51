/** Makes elements. Text is never interpreted as markup, here or elsewhere in the page. */

/** An element with attributes, listeners (`onclick: f`) and children; null ones are left out. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value === true ? "" : String(value));
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}

export function icon(name) {
  return element("span", { class: `icon icon-${name}`, "aria-hidden": "true" });
}

/** A button with an icon and its name, which is shown or, when `quiet`, only spoken. */
export function iconButton(name, label, onclick, { quiet = true, ...attributes } = {}) {
  const text = element("span", { class: quiet ? "unseen" : "tool-name" }, label);
  const hint = quiet ? { title: label } : {};
  return element("button", { type: "button", class: "tool", onclick, ...hint, ...attributes }, icon(name), text);
}

export function find(id) {
  return document.getElementById(id);
}
