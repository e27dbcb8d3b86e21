/* Sentences for the elements, translated by the server (tag `element_words`). */
let table;

export function say(key, values = {}) {
  if (!table) {
    const block = document.getElementById("linli-words");
    table = block ? JSON.parse(block.textContent) : {};
  }
  const words = table[key] ?? key;
  return words.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/* A drawing from the sprite; its address is read from a drawing the server already placed. */
export function icon(name) {
  const sample = document.querySelector("svg.icon use");
  const sheet = (sample?.getAttribute("href") ?? "/static/icons.svg").split("#")[0];
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${sheet}#${name}`);
  svg.append(use);
  return svg;
}

export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name in node && typeof value !== "string") node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children);
  return node;
}

export function toast(words, look = "") {
  const place = document.getElementById("toasts");
  if (!place) return;
  const note = make("div", { class: `notice ${look}`.trim() }, icon(look.includes("danger") ? "alert" : "info"), make("p", {}, words));
  place.append(note);
  // In 长辈版 nothing disappears while someone is still reading.
  if (!document.documentElement.classList.contains("elder")) setTimeout(() => note.remove(), 6000);
}
