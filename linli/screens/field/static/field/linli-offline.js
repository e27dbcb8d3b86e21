/* <linli-offline commands="/field/commands" worker="/field/sw.js" account="7" health="/healthz?only=web,database" offline="…" saved="…"
     waiting="待上传 {n} 条" refused="没有办成：{why}" drop="知道了"></linli-offline>
   Registers the service worker, has the listed tasks kept, says when there is no signal, and takes a form with
   data-queue="move|report" into the queue when the server cannot be reached. Without scripts forms are sent plainly. */
import { icon, make, toast } from "../elements/words.js";
import { fromForm, put, remove, send, waiting } from "./queue.js";

const AGAIN = 60_000;
const PATIENCE = 5_000;
const OWNER = "linli-field-account";

class Offline extends HTMLElement {
  connectedCallback() {
    this.account = this.getAttribute("account") ?? "";
    this.submitted = (event) => this.submit(event);
    // Capture on the document: before linli-once and linli-photo-input see the submit.
    document.addEventListener("submit", this.submitted, true);
    this.changed = () => this.drain();
    window.addEventListener("online", this.changed);
    window.addEventListener("offline", this.changed);
    this.timer = setInterval(() => this.drain(), AGAIN);
    this.register();
    this.drain();
  }

  disconnectedCallback() {
    document.removeEventListener("submit", this.submitted, true);
    window.removeEventListener("online", this.changed);
    window.removeEventListener("offline", this.changed);
    clearInterval(this.timer);
  }

  async register() {
    if (!("serviceWorker" in navigator)) return;
    try {
      await this.handOver();
      await navigator.serviceWorker.register(this.getAttribute("worker"));
      const ready = await navigator.serviceWorker.ready;
      const tasks = [...document.querySelectorAll('a.item:is([href^="/field/cases/"], [href^="/field/matters/"])')].map((one) => one.href);
      if (tasks.length && navigator.onLine) ready.active?.postMessage({ keep: tasks });
    } catch {
      // In WeChat and on plain http there is none; everything else works without it.
    }
  }

  async submit(event) {
    const form = event.target;
    if (form.hasAttribute("data-forget")) return this.forget(event);
    if (!form.dataset.queue || form.dataset.checked === "yes") {
      delete form.dataset.checked;
      return undefined;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    if (this.asking) return undefined;
    this.asking = true;
    const button = event.submitter;
    const there = await this.reachable();
    this.asking = false;
    if (there) {
      form.dataset.checked = "yes";
      form.requestSubmit(button ?? undefined);
    } else await this.hold(form);
    return undefined;
  }

  async reachable() {
    if (!navigator.onLine) return false;
    try {
      return (await fetch(this.getAttribute("health"), { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) })).ok;
    } catch {
      return false;
    }
  }

  async hold(form) {
    try {
      await put(fromForm(form, this.account));
    } catch {
      toast(this.getAttribute("full") ?? "", "notice--danger");
      return;
    }
    toast(this.getAttribute("saved") ?? "");
    await this.show();
    for (const part of form.elements) part.disabled = true;
  }

  /* Pages kept for one person are not for the next. What waits to be sent stays, and only its owner can send it. */
  async forget(event) {
    const form = event.target;
    if (form.dataset.checked === "yes" || !("caches" in window)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    await this.clear();
    form.dataset.checked = "yes";
    form.requestSubmit();
  }

  /* Somebody whose session ended by itself never logged out: whoever comes after them begins with nothing kept. */
  async handOver() {
    if (localStorage.getItem(OWNER) === this.account) return;
    await this.clear();
    localStorage.setItem(OWNER, this.account);
  }

  async clear() {
    for (const name of await caches.keys()) if (name.startsWith("linli-field-pages")) await caches.delete(name);
  }

  async drain() {
    await this.show();
    if (this.draining || !navigator.onLine) return;
    this.draining = true;
    const token = document.querySelector('meta[name="csrf-token"]')?.content ?? "";
    try {
      for (const command of await waiting(this.account)) {
        if (command.refused) continue;
        const answer = await send(command, this.getAttribute("commands"), token);
        if (!answer) break;
        if (answer.done) {
          await remove(command.id);
          toast(answer.message);
        } else await put({ ...command, refused: answer.message });
      }
    } finally {
      this.draining = false;
    }
    await this.show();
  }

  async show() {
    let every = [];
    try {
      every = await waiting(this.account);
    } catch {
      // Private windows have no IndexedDB: nothing waits there.
    }
    const count = every.filter((one) => !one.refused).length;
    const lines = every.filter((one) => one.refused).map((one) => this.refusal(one));
    if (count) lines.unshift(this.line(this.getAttribute("waiting").replace("{n}", count)));
    else if (!navigator.onLine) lines.unshift(this.line(this.getAttribute("offline")));
    this.replaceChildren(...lines);
  }

  line(words) {
    return make("p", { class: "offline-line is-off" }, icon("wifi-off"), words);
  }

  refusal(command) {
    const button = make("button", { type: "button", class: "button button--s" }, this.getAttribute("drop"));
    button.addEventListener("click", async () => { await remove(command.id); await this.show(); });
    const words = `${command.title}：${this.getAttribute("refused").replace("{why}", command.refused)}`;
    return make("div", { class: "offline__refused" }, make("p", {}, words), button);
  }
}

customElements.define("linli-offline", Offline);
