/** A chat for other sites, in one script: <script src="https://…/widget.js" defer></script>.
 *
 * It keeps to itself: a shadow tree with a style sheet of its own, no cookies, nothing stored. It
 * asks the server that it comes from, which answers the sites of WENDA_CORS_ORIGINS. */
(() => {
  const WORDS = "WORDS"; // The server puts its words here.
  const script = document.currentScript;
  const root = new URL(".", script.src).href;
  const MOST_TURNS = 6;
  const AROUND = 90;
  const PATIENCE = 20_000;

  const STYLE = `
    :host { all: initial; color-scheme: light dark; --ink: light-dark(#18211f, #e6ece9);
      --soft: light-dark(#55625e, #9daaa5); --faint: light-dark(#dfe6e3, #2b3532);
      --sheet: light-dark(#ffffff, #1a211f); --accent: light-dark(#0b6e5f, #6fcdb9);
      --accent-ink: light-dark(#ffffff, #0d1f1b); --wash: light-dark(#cfe9e2, #1f4a41);
      font: 16px/1.6 system-ui, "PingFang SC", "PingFang TC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; }
    :host([data-theme="light"]) { color-scheme: light; }
    :host([data-theme="dark"]) { color-scheme: dark; }
    * { box-sizing: border-box; margin: 0; font: inherit; color: inherit; }
    button { border: 0; background: none; cursor: pointer; }
    :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
    .launch { position: fixed; z-index: 2147483000; right: 1.25rem; bottom: 1.25rem; min-height: 3rem; padding: 0 1.25rem;
      border-radius: 1.5rem; background: var(--accent); color: var(--accent-ink); font-weight: 600; box-shadow: 0 4px 18px rgb(0 0 0 / 22%); }
    .box { position: fixed; z-index: 2147483001; right: 1.25rem; bottom: 1.25rem; display: flex; flex-direction: column; width: 25rem; max-width: calc(100vw - 2.5rem);
      height: 36rem; max-height: calc(100dvh - 2.5rem); border: 1px solid var(--faint); border-radius: 0.75rem; background: var(--sheet); color: var(--ink);
      box-shadow: 0 8px 40px rgb(0 0 0 / 25%); overflow: hidden; }
    .head { display: flex; align-items: center; justify-content: space-between; padding: 0.75rem 1rem; border-bottom: 1px solid var(--faint); font-weight: 600; }
    .head button { min-width: 2.25rem; min-height: 2.25rem; font-size: 1.25rem; }
    .turns { flex: 1; overflow-y: auto; overscroll-behavior: contain; padding: 1rem; overflow-wrap: anywhere; }
    .soft { color: var(--soft); font-size: 0.875rem; }
    .asked { margin: 1.25rem 0 0.5rem; font-weight: 600; }
    .asked:first-child { margin-top: 0; }
    .quote { margin-top: 0.75rem; color: var(--soft); white-space: pre-line; }
    .quote mark { background: linear-gradient(transparent 55%, var(--wash) 55%); color: var(--ink); }
    a { color: var(--accent); }
    ul { padding-inline-start: 1.25rem; }
    form { display: flex; gap: 0.5rem; padding: 0.75rem; border-top: 1px solid var(--faint); }
    input { flex: 1; min-width: 0; min-height: 2.75rem; padding: 0 0.75rem; border: 1px solid var(--soft); border-radius: 0.5rem; background: none; }
    .send { padding: 0 1rem; border-radius: 0.5rem; background: var(--accent); color: var(--accent-ink); font-weight: 600; }
    [hidden] { display: none !important; }
    @media (max-width: 30rem) { .box { inset: 0; width: auto; max-width: none; height: auto; max-height: none; border: 0; border-radius: 0; } }`;

  function languageOf(tag) {
    const [first, ...rest] = (tag || "en").toLowerCase().split("-");
    if (first !== "zh" && first !== "yue") return "en";
    return first === "yue" || ["hant", "tw", "hk", "mo"].some((part) => rest.includes(part)) ? "zh-Hant" : "zh-Hans";
  }

  const language = languageOf(script.dataset.lang || document.documentElement.lang || navigator.language);
  const say = (name) => WORDS[language][name];

  /** Text is never interpreted as markup. */
  function element(name, attributes = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
      else if (value !== null && value !== undefined) made.setAttribute(key, value);
    }
    made.append(...children.flat().filter((child) => child !== null && child !== undefined));
    return made;
  }

  const host = element("wenda-widget", { lang: language });
  if (script.dataset.theme) host.dataset.theme = script.dataset.theme;
  const shadow = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet(); // it is allowed under a strict policy of the site, unlike <style>
  sheet.replaceSync(STYLE);
  shadow.adoptedStyleSheets = [sheet];

  const title = script.dataset.title || say("name");
  const { collection } = script.dataset;
  const history = [];
  const turns = element("div", { class: "turns", role: "log", tabindex: "0", "aria-label": title }, element("p", { class: "soft" }, say("promise")));
  const field = element("input", { type: "text", maxlength: "1000", autocomplete: "off", placeholder: say("placeholder"), "aria-label": say("question") });
  const form = element("form", { onsubmit: submit }, field, element("button", { class: "send", type: "submit" }, say("ask")));
  const launch = element("button", { class: "launch", type: "button", "aria-haspopup": "dialog", onclick: open }, title);
  const shut = element("button", { type: "button", "aria-label": say("close"), onclick: close }, "×");
  const head = element("div", { class: "head" }, element("span", {}, title), shut);
  const box = element("div", { class: "box", role: "dialog", "aria-label": title, onkeydown: keep }, head, turns, form);
  box.hidden = true;
  shadow.append(launch, box);

  function open() {
    box.hidden = false;
    launch.hidden = true;
    field.focus();
  }

  function close() {
    box.hidden = true;
    launch.hidden = false;
    launch.focus();
  }

  function keep(event) {
    event.stopPropagation(); // the site's own shortcuts are not meant
    if (event.key === "Escape" && !event.isComposing) close();
  }

  async function submit(event) {
    event.preventDefault();
    const question = field.value.trim();
    if (!question || form.hasAttribute("aria-busy")) return;
    field.value = "";
    form.setAttribute("aria-busy", "true");
    const place = element("div", {}, element("p", { class: "soft" }, say("asking")));
    const asked = element("p", { class: "asked" }, question);
    turns.append(asked, place);
    asked.scrollIntoView({ block: "start" });
    try {
      const answer = await ask(question);
      place.replaceChildren(...shown(answer));
      if (!answer.kind) history.push({ question, answer: answer.answer, understood_as: answer.understood_as });
      history.splice(0, history.length - MOST_TURNS);
    } catch (problem) {
      place.replaceChildren(element("p", { role: "alert" }, problem.said || say("failed")));
    }
    form.removeAttribute("aria-busy");
    asked.scrollIntoView({ block: "start" });
  }

  async function ask(question) {
    const response = await fetch(`${root}ask`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify({ question, history, top_k: 10, write: false, ...(collection ? { collection } : {}) }),
      credentials: "omit",
      referrerPolicy: "no-referrer",
      signal: AbortSignal.timeout(PATIENCE),
    });
    const said = await response.json();
    if (!response.ok) throw Object.assign(new Error(said.code), { said: WORDS[language].problems[said.code] });
    return said;
  }

  function shown(answer) {
    if (answer.answered) {
      const reply = answer.reply ? [element("p", {}, answer.reply)] : [];
      return [...reply, ...answer.citations.map((citation) => quoted(citation, answer.passages))];
    }
    if (answer.reply) return [element("p", {}, answer.reply)];
    const near = answer.suggestions.map((topic) => element("li", {}, topic));
    const why = near.length ? [element("p", { class: "soft" }, say("absent_why")), element("ul", {}, near)] : [];
    const { did_you_mean: question } = answer;
    const meant = question ? [element("p", {}, say("did_you_mean").replace("{question}", () => question))] : [];
    return [element("p", {}, say("absent")), ...meant, ...why];
  }

  /** A quotation, marked among the words around it, and its source. Offsets count code points. */
  function quoted(citation, passages) {
    const around = passages.find((each) => each.document_id === citation.document_id && each.start <= citation.start && citation.end <= each.end);
    const letters = [...(around?.text ?? "")];
    const from = around ? citation.start - around.start : 0;
    const to = around ? citation.end - around.start : 0;
    const before = letters.slice(Math.max(0, from - AROUND), from).join("");
    const after = letters.slice(to, to + AROUND).join("");
    const text = [from > AROUND ? "… " : "", before, element("mark", {}, citation.quote), after, to + AROUND < letters.length ? " …" : ""];
    const name = [citation.title, citation.section].filter(Boolean).join(" › ");
    const address = `${root}${citation.url.split("/documents/").pop().replace(/^/, "documents/")}:${citation.start}-${citation.end}`;
    const link = element("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, name);
    return element("div", {}, element("p", { class: "quote", lang: citation.language, dir: "auto" }, text), element("p", { class: "soft", dir: "auto" }, link));
  }

  document.body.append(host);
})();
