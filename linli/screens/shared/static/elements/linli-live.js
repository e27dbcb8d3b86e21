/* <linli-live src="/live/stream" poll="/live/counts"><span data-count="today">12</span></linli-live>
   Message (JSON): {"counts": {"today": 13}, "events": ["cases-changed"]}.
   Counts fill every [data-count] on the page; events are fired on <body> for hx-trigger="cases-changed from:body".
   A stream that cannot be opened or breaks three times is replaced by asking `poll` every 5 s; it is tried again each minute. */
import { say } from "./words.js";

const POLL = 5_000;
const RETRY = 60_000;
const PATIENCE = 3;

class Live extends HTMLElement {
  connectedCallback() {
    this.failures = 0;
    this.wake = () => (document.hidden ? this.stop() : this.start());
    document.addEventListener("visibilitychange", this.wake);
    this.start();
  }

  disconnectedCallback() {
    document.removeEventListener("visibilitychange", this.wake);
    this.stop();
  }

  start() {
    this.stop();
    if (this.getAttribute("src") && "EventSource" in window) this.listen();
    else this.poll();
  }

  stop() {
    this.stream?.close();
    this.stream = null;
    clearInterval(this.timer);
    clearTimeout(this.retry);
  }

  listen() {
    this.stream = new EventSource(this.getAttribute("src"));
    this.stream.onopen = () => { this.failures = 0; this.tell("live"); };
    this.stream.onmessage = (event) => this.receive(event.data);
    this.stream.onerror = () => {
      this.failures += 1;
      this.tell("off");
      const gone = this.stream.readyState === EventSource.CLOSED;
      if (!gone && this.failures < PATIENCE) return;
      this.stop();
      this.poll();
      this.retry = setTimeout(() => this.start(), RETRY);
    };
  }

  poll() {
    const url = this.getAttribute("poll");
    if (!url) return this.tell("off");
    const ask = async () => {
      try {
        const answer = await fetch(url, { headers: { Accept: "application/json", "X-Linli-Unasked": "1" } });
        if (!answer.ok) throw new Error(String(answer.status));
        this.tell("polling");
        this.receive(await answer.text(), true);
      } catch {
        this.tell("off");
      }
    };
    ask();
    this.timer = setInterval(ask, POLL);
    return undefined;
  }

  receive(text, polled = false) {
    // The same answer as five seconds ago is no news.
    if (polled && text === this.last) return;
    this.last = text;
    let message;
    try {
      message = JSON.parse(text);
    } catch {
      return;
    }
    this.fill(message.counts ?? {});
    for (const name of message.events ?? []) {
      document.body.dispatchEvent(new CustomEvent(name, { detail: message, bubbles: true }));
    }
    this.dispatchEvent(new CustomEvent("linli-live", { detail: message, bubbles: true }));
  }

  fill(counts) {
    for (const [name, value] of Object.entries(counts)) {
      for (const place of document.querySelectorAll(`[data-count="${CSS.escape(name)}"]`)) {
        const words = String(value ?? "");
        if (place.textContent !== words) place.textContent = words;
        if (place.hasAttribute("data-hide-zero")) place.hidden = !Number(value);
      }
    }
  }

  tell(state) {
    if (this.getAttribute("state") === state) return;
    this.setAttribute("state", state);
    const place = this.querySelector("[data-live-state]");
    if (place) place.textContent = say(`live_${{ live: "on", polling: "polling", off: "off" }[state]}`);
  }
}

customElements.define("linli-live", Live);
