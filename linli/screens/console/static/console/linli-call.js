/* <linli-call><form> fieldset[data-ask] … : a digit chooses the answer of the question one stands at and goes on to the
   next, arrows walk over the questions, Enter saves. Without it the same form is filled in with mouse and tabulator. */
const WRITING = "textarea, input:not([type=radio])";

class Call extends HTMLElement {
  connectedCallback() {
    this.onKey = (event) => this.key(event);
    document.addEventListener("keydown", this.onKey);
    this.addEventListener("change", () => this.stand(this.asked ?? this.asks[0]));
    this.addEventListener("focusin", (event) => this.stand(event.target.closest("[data-ask]")));
    this.stand(this.asks.find((ask) => !ask.querySelector(":checked")) ?? this.asks[0]);
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.onKey);
  }

  /* Those that are shown: when nobody answered the call there is one question. */
  get asks() { return [...this.querySelectorAll("[data-ask]")].filter((ask) => ask.offsetParent); }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.target.closest?.(WRITING) || document.querySelector("dialog[open]")) return;
    if (event.key >= "1" && event.key <= "9") this.answer(Number(event.key));
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") this.walk(event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "Enter" && !event.target.closest?.("button, a, summary")) this.querySelector("[data-save]")?.click();
    else return;
    event.preventDefault();
  }

  answer(number) {
    const choice = this.asked?.querySelectorAll("input[type=radio]")[number - 1];
    if (!choice) return;
    choice.checked = true;
    this.walk(1);
  }

  walk(step) {
    const asks = this.asks;
    const at = asks.indexOf(this.asked);
    const next = asks[at + step];
    if (!next) {
      if (step > 0) this.querySelector("[data-save]")?.focus();
      return;
    }
    this.stand(next);
    (next.querySelector(":checked") ?? next.querySelector("input"))?.focus({ preventScroll: true });
    next.scrollIntoView({ block: "center" });
  }

  stand(ask) {
    if (!ask || ask === this.asked) return;
    this.asked?.removeAttribute("data-current");
    this.asked = ask;
    ask.setAttribute("data-current", "");
  }
}

customElements.define("linli-call", Call);
