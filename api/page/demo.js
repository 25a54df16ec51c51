/** The demo page: says which line puts the chat on a page, and has that very line itself. What stands
 * in its own address (?collection=…&lang=…&theme=…&title=…) becomes the attributes of the script. */

import { find } from "./elements.js";
import { language, say, translate } from "./language.js";

const given = new URLSearchParams(location.search);
const script = document.createElement("script");
script.src = new URL("../widget.js", import.meta.url).href;
script.dataset.lang = language();
for (const name of ["title", "collection", "lang", "theme"]) {
  if (given.get(name)) script.dataset[name] = given.get(name);
}

translate();
document.title = say("demo_title");
const attributes = ["title", "collection"].filter((name) => script.dataset[name]).map((name) => ` data-${name}="${script.dataset[name]}"`);
find("line").textContent = `<script src="${script.src}"${attributes.join("")} defer></script>`;
find("allow").textContent = "WENDA_CORS_ORIGINS=https://www.example.org";
document.body.append(script);
