/* <linli-once><form …><input type="hidden" name="idempotency_key" value="…">…</form></linli-once>
   One submit at a time. The key stays the same on every retry, so a second arrival is recognised; it is renewed
   only when the server says so (a new form comes back) or the page is loaded anew. */
import { say } from "./words.js";

class Once extends HTMLElement {
  connectedCallback() {
    // Capture: htmx listens on the form itself and would send before an event that bubbles reaches us.
    this.addEventListener("submit", (event) => this.begin(event), true);
    this.addEventListener("linli-held", () => this.end());
    this.addEventListener("htmx:afterRequest", () => this.end());
    this.addEventListener("linli-sent", () => this.end());
    // Coming back with the browser's back button: the form must be usable again.
    this.back = () => this.end();
    window.addEventListener("pageshow", this.back);
    this.ensureKey();
  }

  disconnectedCallback() {
    window.removeEventListener("pageshow", this.back);
  }

  ensureKey() {
    const key = this.querySelector('input[name="idempotency_key"]');
    if (key && !key.value && crypto.randomUUID) key.value = crypto.randomUUID();
  }

  begin(event) {
    if (this.busy) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    this.busy = true;
    const button = event.submitter ?? this.querySelector("button:not([type=button])");
    // After the form data are collected: a disabled button would lose its own name and value.
    setTimeout(() => this.mark(button), 0);
  }

  mark(button) {
    if (!this.busy || !button) return;
    this.button = button;
    this.words ??= button.innerHTML;
    button.setAttribute("aria-disabled", "true");
    button.classList.add("is-busy");
    button.textContent = say("sending");
  }

  end() {
    this.busy = false;
    if (!this.button) return;
    this.button.removeAttribute("aria-disabled");
    this.button.classList.remove("is-busy");
    this.button.innerHTML = this.words;
    this.words = undefined;
    this.button = null;
  }
}

customElements.define("linli-once", Once);
