/* <linli-confirm words="确定结案？" button="结案"><form …></form></linli-confirm>
   Asks once before the form inside is sent. Without scripts the form is sent at once. */
import { make, say } from "./words.js";

class Confirm extends HTMLElement {
  connectedCallback() {
    // Capture: the question comes before htmx and before linli-once see the submit.
    this.addEventListener("submit", (event) => this.ask(event), true);
  }

  ask(event) {
    const form = event.target;
    if (form.dataset.confirmed === "yes") {
      delete form.dataset.confirmed;
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    form.dispatchEvent(new CustomEvent("linli-held", { bubbles: true }));
    const button = event.submitter;
    const dialog = this.dialog();
    dialog.addEventListener("close", () => {
      const agreed = dialog.returnValue === "yes";
      dialog.remove();
      button?.focus();
      if (!agreed) return;
      form.dataset.confirmed = "yes";
      form.requestSubmit(button ?? undefined);
    });
    document.body.append(dialog);
    dialog.showModal();
  }

  dialog() {
    const words = this.getAttribute("words") || say("confirm_title");
    const yes = make("button", { class: "button button--primary", value: "yes" }, this.getAttribute("button") || say("confirm"));
    const no = make("button", { class: "button", value: "no", autofocus: true }, say("cancel"));
    const heading = make("h2", { id: "linli-confirm-title" }, say("confirm_title"));
    return make("dialog", { class: "dialog", "aria-labelledby": heading.id },
      make("form", { method: "dialog" },
        make("div", { class: "dialog__head" }, heading),
        make("div", { class: "dialog__body" }, make("p", {}, words)),
        make("div", { class: "dialog__foot" }, no, yes)));
  }
}

customElements.define("linli-confirm", Confirm);
