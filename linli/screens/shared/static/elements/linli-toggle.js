/* <linli-toggle><form>…buttons name="mode" or "size"…</form></linli-toggle>
   The form alone works: it posts, the server sets the cookie, the page comes back. With scripts a letter size changes
   at once, without losing what is half written; the mode itself changes the page, so it is always posted. */
const COOKIE = "linli_reading";
const YEAR = 60 * 60 * 24 * 365;

class Toggle extends HTMLElement {
  connectedCallback() {
    this.addEventListener("submit", (event) => {
      const button = event.submitter;
      if (button?.name !== "size") return;
      event.preventDefault();
      this.resize(button);
    });
  }

  resize(button) {
    const root = document.documentElement;
    root.dataset.size = button.value;
    const mode = root.classList.contains("elder") ? "elder" : "standard";
    document.cookie = `${COOKIE}=${mode}.${button.value}; path=/; max-age=${YEAR}; samesite=lax`;
    for (const other of this.querySelectorAll('button[name="size"]')) {
      other.setAttribute("aria-pressed", String(other === button));
    }
  }
}

customElements.define("linli-toggle", Toggle);
