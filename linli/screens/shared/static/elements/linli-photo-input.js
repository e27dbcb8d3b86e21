/* <linli-photo-input max="9" longest="2560"><input type="file" name="photos" accept="image/*" multiple></linli-photo-input>
   Previews, removes single photos, makes each one smaller (longest side, JPEG) and shows how far the upload is.
   Without scripts the plain file input is sent as it is. The server re-encodes and strips the place anyway.
   Needs img-src 'self' blob: in the Content-Security-Policy. */
import { icon, make, say, toast } from "./words.js";

const QUALITY = 0.85;
const KINDS = /^image\//;

class PhotoInput extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector('input[type="file"]');
    if (!this.input || this.list) return;
    this.files = [];
    this.pending = 0;
    this.max = Number(this.getAttribute("max") || 9);
    this.build();
    this.input.addEventListener("change", () => this.add([...this.input.files]));
    this.form = this.closest("form");
    if (this.form && !usesHtmx(this.form)) this.form.addEventListener("submit", (event) => this.send(event));
  }

  build() {
    this.list = make("ul", { class: "photos" });
    this.words = make("p", { class: "field__help", role: "status" });
    this.progress = make("progress", { class: "progress", max: "100", value: "0", hidden: true, "aria-label": say("sending") });
    this.before(this.progress);
    const name = this.getAttribute("label") || say("photo_add");
    this.button = make("label", { class: "photos__add" }, icon("camera"), make("span", {}, name), this.input);
    this.list.append(make("li", {}, this.button));
    this.append(this.list, this.words);
    this.tell();
  }

  async add(chosen) {
    const room = this.max - this.files.length;
    if (chosen.length > room) toast(say("photo_too_many", { max: this.max }), "notice--warning");
    this.pending += 1;
    this.words.textContent = say("photo_shrinking");
    for (const file of chosen.slice(0, room)) {
      if (file.type && !KINDS.test(file.type)) toast(say("photo_not_image", { name: file.name }), "notice--warning");
      else this.files.push(await shrink(file, Number(this.getAttribute("longest") || 2560)));
    }
    this.pending -= 1;
    this.sync();
  }

  remove(place) {
    this.files.splice(place, 1);
    this.sync();
    (this.list.querySelectorAll(".photos__remove")[Math.max(0, place - 1)] ?? this.input).focus();
  }

  sync() {
    // The input itself holds the smaller files, so a plain submit and htmx send the same thing.
    const transfer = new DataTransfer();
    this.files.forEach((file) => transfer.items.add(file));
    this.input.files = transfer.files;
    this.list.querySelectorAll("img").forEach((image) => URL.revokeObjectURL(image.src));
    this.list.replaceChildren(...this.files.map((file, place) => this.preview(file, place)), this.button.parentElement);
    this.button.parentElement.hidden = this.files.length >= this.max;
    this.tell();
    this.dispatchEvent(new CustomEvent("linli-photos", { detail: this.files, bubbles: true }));
  }

  preview(file, place) {
    const image = make("img", { alt: say("photo_preview", { n: place + 1 }) });
    image.src = URL.createObjectURL(file);
    const button = make("button", { type: "button", class: "photos__remove", "aria-label": say("photo_remove", { n: place + 1 }) }, icon("close"));
    // Afterwards: htmx still asks the clicked button for its form.
    button.addEventListener("click", () => setTimeout(() => this.remove(place), 0));
    return make("li", {}, make("div", { class: "photos__item" }, image, button));
  }

  tell() {
    this.words.textContent = say("photo_count", { n: this.files.length, max: this.max });
  }

  send(event) {
    if (event.defaultPrevented || !this.files.length) return;
    event.preventDefault();
    const request = new XMLHttpRequest();
    const button = event.submitter;
    const data = new FormData(this.form);
    if (button?.name) data.append(button.name, button.value);
    this.progress.hidden = false;
    request.upload.addEventListener("progress", (step) => {
      if (!step.lengthComputable) return;
      const percent = Math.round((step.loaded / step.total) * 100);
      this.progress.value = percent;
      this.words.textContent = say("photo_sending", { percent });
    });
    request.addEventListener("load", () => this.arrived(request));
    request.addEventListener("error", () => this.failed());
    request.open("POST", button?.formAction || this.form.action || location.href);
    request.send(data);
  }

  /* Show the page the server answered with (a result after a redirect, or the form with errors) without asking twice:
     a second GET would lose the messages that are shown once. */
  arrived(request) {
    const html = (request.getResponseHeader("Content-Type") ?? "").includes("html");
    if (request.status >= 500 || !html) { this.failed(); return; }
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    document.title = page.title;
    document.body.className = page.body.className;
    document.body.replaceChildren(...page.body.childNodes);
    if (request.responseURL !== location.href) {
      history.pushState(null, "", request.responseURL);
      window.addEventListener("popstate", () => location.reload(), { once: true });
    }
    for (const script of document.body.querySelectorAll('script[type="module"][src]')) import(script.src);
    window.htmx?.process(document.body);
    window.scrollTo(0, 0);
    (document.querySelector(".error-summary") ?? document.getElementById("main"))?.focus();
  }

  failed() {
    this.progress.hidden = true;
    this.tell();
    toast(say("send_failed"), "notice--danger");
    this.dispatchEvent(new CustomEvent("linli-sent", { bubbles: true }));
  }
}

function usesHtmx(form) {
  return form.matches("[hx-post],[hx-put]") || form.closest('[hx-boost="true"]') !== null;
}

/* Smaller JPEG, or the file itself when the browser cannot read it (HEIC on Android): the server can. */
async function shrink(file, longest) {
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, longest / Math.max(picture.width, picture.height));
    if (scale === 1 && file.size < 1_500_000) return file;
    const canvas = make("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => { canvas.toBlob(done, "image/jpeg", QUALITY); });
    if (!blob || blob.size >= file.size) return file;
    return new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg", lastModified: file.lastModified });
  } catch {
    return file;
  }
}

customElements.define("linli-photo-input", PhotoInput);
