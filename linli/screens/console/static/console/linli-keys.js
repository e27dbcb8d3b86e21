/* <linli-keys><ul><li data-row tabindex="-1"><a data-key="Enter" …><button data-key="a">…</li></ul></linli-keys>
   J and K walk over the rows; any other key presses what carries it in the row one stands on. Buttons and links work
   without it. Keys are left alone while somebody types or a dialog is open. */
const TYPING = "input:not([type=checkbox]), textarea, select, [contenteditable]";

class Keys extends HTMLElement {
  connectedCallback() {
    this.onKey = (event) => this.key(event);
    document.addEventListener("keydown", this.onKey);
    this.addEventListener("focusin", (event) => this.stand(event.target.closest("[data-row]")));
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
    const hit = this.current?.querySelector(`[data-key="${CSS.escape(name)}"]`);
    hit?.click();
    return Boolean(hit);
  }

  stand(row) {
    if (!row || row === this.current) return;
    this.current?.removeAttribute("data-current");
    this.current = row;
    row.setAttribute("data-current", "");
  }
}

customElements.define("linli-keys", Keys);
