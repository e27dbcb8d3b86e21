/* Comes with every page: the small elements, and the answers of htmx that are dialogs or toasts. */
import "./linli-confirm.js";
import "./linli-once.js";
import "./linli-time-left.js";
import "./linli-toggle.js";
import { say, toast } from "./words.js";

const dialogSlot = () => document.getElementById("dialog-slot");
let opener = null;

document.body.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.target === dialogSlot()) opener = event.detail.elt;
});

// What nobody clicked keeps no session alive.
document.body.addEventListener("htmx:configRequest", (event) => {
  if (!event.detail.triggeringEvent?.isTrusted) event.detail.headers["X-Linli-Unasked"] = "1";
});

document.body.addEventListener("htmx:afterSwap", (event) => {
  const target = event.detail.target;
  const slot = dialogSlot();
  const dialog = slot?.querySelector("dialog");
  if (target === slot && dialog && !dialog.open) {
    dialog.addEventListener("close", () => {
      opener?.focus();
      // htmx still looks at the form whose answer closed the dialog.
      setTimeout(() => dialog.remove(), 100);
    });
    dialog.showModal();
  }
  target.querySelector?.(".error-summary")?.focus();
});

document.body.addEventListener("close-dialog", () => document.querySelector("dialog[open]")?.close());
document.body.addEventListener("toast", (event) => toast(event.detail.value ?? event.detail));
for (const trouble of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
  document.body.addEventListener(trouble, () => toast(say("send_failed"), "notice--danger"));
}

document.addEventListener("click", (event) => {
  const close = event.target.closest("[data-close]");
  if (close) close.closest("dialog")?.close();
  const open = event.target.closest("[data-open]");
  if (open) document.getElementById(open.dataset.open)?.showModal();
  if (event.target.closest("[data-print]")) window.print();
  if (event.target.closest("[data-fullscreen]")) toggleFullscreen();
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = event.target.closest?.("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

/* A form with data-autosubmit sends itself when a choice changes (condition row). */
document.addEventListener("change", (event) => {
  if (event.target.closest("[data-autosubmit]")) event.target.form?.requestSubmit();
});

document.querySelector(".error-summary")?.focus();

function toggleFullscreen() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen?.();
}
