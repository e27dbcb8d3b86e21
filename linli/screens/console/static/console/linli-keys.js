/* <linli-keys><ul><li id="row-7" data-row tabindex="-1"><a data-key="Enter" …><button data-key="a">…</li></ul></linli-keys>
   J and K walk over the rows; any other key presses what carries it in the row one stands on, or in the pane
   `<div data-pane="row-7">` beside it, where a block that carries it gets its first field focused. Standing on another
   row fires `linli-stand` there, which fetches its pane. A list that was fetched again keeps the row one stands on.
   Buttons and links work without it. Keys are left alone while somebody types or a dialog is open. */
const FIELDS = "input:not([type=hidden]), textarea, select, button";
const TYPING = "input:not([type=checkbox]), textarea, select, [contenteditable]";

class Keys extends HTMLElement {
  connectedCallback() {
    this.onKey = (event) => this.key(event);
    document.addEventListener("keydown", this.onKey);
    this.addEventListener("focusin", (event) => this.stand(event.target.closest("[data-row]")));
    this.addEventListener("htmx:afterSettle", () => this.standAgain());
    this.shown = this.querySelector("[data-pane]")?.dataset.pane;
    this.mark(this.shown && this.querySelector(`#${CSS.escape(this.shown)}`));
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.onKey);
  }

  get rows() { return [...this.querySelectorAll("[data-row]")]; }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.target.closest?.(TYPING) || document.querySelector("dialog[open]")) return;
    const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (name === "j" || name === "k") this.walk(name === "j" ? 1 : -1);
    else if (!this.press(name, event.target)) return;
    event.preventDefault();
  }

  walk(step) {
    const rows = this.rows;
    const at = rows.indexOf(this.current);
    const next = rows[Math.min(rows.length - 1, Math.max(0, at + step))];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  }

  /* Enter on a button or link is that button's own; on the row itself it opens the row. */
  press(name, target) {
    if (name === "Enter" && target !== this.current) return false;
    const wanted = `[data-key="${CSS.escape(name)}"]`;
    const pane = this.current?.id && this.querySelector(`[data-pane="${CSS.escape(this.current.id)}"]`);
    const hit = this.current?.querySelector(wanted) ?? (pane && pane.querySelector(wanted));
    if (!hit) return false;
    if (hit.matches("a, button, input")) hit.click();
    else hit.querySelector(FIELDS)?.focus();
    return true;
  }

  stand(row) {
    if (!row || row === this.current) return;
    this.mark(row);
    if (row.id && row.id !== this.shown) {
      this.shown = row.id;
      row.dispatchEvent(new CustomEvent("linli-stand"));
    }
  }

  mark(row) {
    this.current?.removeAttribute("data-current");
    this.current = row || null;
    this.current?.setAttribute("data-current", "");
  }

  /* The rows were fetched again: go on where one stood; a row that somebody else took leaves its place to the next. */
  standAgain() {
    const old = this.current;
    if (!old || old.isConnected) return;
    const lost = document.activeElement === document.body;
    this.current = null;
    const row = old.id && this.querySelector(`#${CSS.escape(old.id)}`);
    if (row && lost) row.focus();
    else if (row) this.stand(row);
  }
}

customElements.define("linli-keys", Keys);
