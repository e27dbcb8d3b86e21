/* <linli-picture src="card.svg" name="file" width="1080" height="1440"><a href="card.svg">…</a></linli-picture>
   The link inside opens the drawing; with this script it saves the drawing as a PNG, made here from the fonts at hand. */
class Picture extends HTMLElement {
  connectedCallback() {
    this.link = this.querySelector("a");
    this.link?.addEventListener("click", (event) => {
      event.preventDefault();
      this.save();
    });
  }

  async save() {
    if (this.busy) return;
    this.busy = true;
    this.link.setAttribute("aria-disabled", "true");
    try {
      const blob = await this.drawn();
      const url = URL.createObjectURL(blob);
      const anchor = document.createElement("a");
      anchor.href = url;
      anchor.download = `${this.getAttribute("name")}.png`;
      anchor.click();
      setTimeout(() => URL.revokeObjectURL(url), 10_000);
      this.dispatchEvent(new CustomEvent("linli-picture-saved", { bubbles: true }));
    } catch {
      // A browser that cannot draw still shows the picture, which can be kept by hand.
      location.href = this.getAttribute("src");
    } finally {
      this.busy = false;
      this.link.removeAttribute("aria-disabled");
    }
  }

  async drawn() {
    const image = new Image();
    image.src = this.getAttribute("src");
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = Number(this.getAttribute("width"));
    canvas.height = Number(this.getAttribute("height"));
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return new Promise((done, failed) => {
      canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error("no picture"))), "image/png");
    });
  }
}

customElements.define("linli-picture", Picture);
