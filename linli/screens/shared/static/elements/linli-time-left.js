/* <linli-time-left due="2026-03-06T09:00:00Z" yellow-from="…"><span class="tag tag--green">剩余 1天3小时</span></linli-time-left>
   Rewrites words and colour once a minute. 长辈版: the words of the server stay, nothing counts down. */
import { say } from "./words.js";

const MINUTE = 60_000;
const shown = new Set();
let timer;

/* Server and device clocks differ; data-now on <html> is the server's time when the page was made. */
const given = Date.parse(document.documentElement.dataset.now ?? "");
const ahead = Number.isNaN(given) ? 0 : given - Date.now();

export function timeWords(milliseconds) {
  const minutes = Math.floor(Math.abs(milliseconds) / MINUTE);
  const days = Math.floor(minutes / 1440);
  const hours = Math.floor((minutes % 1440) / 60);
  const rest = minutes % 60;
  const parts = days
    ? [say("days", { n: days }), hours && say("hours", { n: hours })]
    : hours
      ? [say("hours", { n: hours }), rest && say("minutes", { n: rest })]
      : [minutes ? say("minutes", { n: minutes }) : say("under_a_minute")];
  return parts.filter(Boolean).join(document.documentElement.lang === "en" ? " " : "");
}

class TimeLeft extends HTMLElement {
  connectedCallback() {
    shown.add(this);
    timer ??= setInterval(() => shown.forEach((one) => one.tick()), MINUTE);
  }

  disconnectedCallback() {
    shown.delete(this);
  }

  tick() {
    const tag = this.querySelector(".tag");
    const due = Date.parse(this.getAttribute("due"));
    if (!tag || Number.isNaN(due) || document.documentElement.classList.contains("elder")) return;
    const now = Date.now() + ahead;
    const left = due - now;
    tag.textContent = say(left < 0 ? "overdue" : "left", { time: timeWords(left) });
    const yellow = Date.parse(this.getAttribute("yellow-from") ?? "");
    const before = tag.classList.contains("tag--yellow") ? "yellow" : "green";
    const light = left < 0 ? "red" : now >= yellow ? "yellow" : before;
    tag.className = `tag tag--${light}`;
  }
}

customElements.define("linli-time-left", TimeLeft);
