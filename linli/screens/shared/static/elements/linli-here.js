/* <linli-here lon="id_lon" lat="id_lat" found="已取得位置，误差约 {m} 米" failed="…" auto>
     <button type="button" hidden>用我现在的位置</button><p role="status"></p></linli-here>
   Fills the two inputs with the position of the device and says how exact it is. With `auto` it asks once by itself when
   both inputs are empty. Without scripts the button stays hidden and the place is written in words. */
const PATIENCE = 15_000;

class Here extends HTMLElement {
  connectedCallback() {
    this.button = this.querySelector("button");
    this.words = this.querySelector('[role="status"]');
    if (!this.button || !("geolocation" in navigator)) return;
    this.button.hidden = false;
    this.button.addEventListener("click", () => this.ask());
    if (this.hasAttribute("auto") && !this.input("lon")?.value) this.ask();
  }

  input(name) {
    return document.getElementById(this.getAttribute(name));
  }

  ask() {
    this.words.textContent = this.getAttribute("asking") ?? "";
    const options = { enableHighAccuracy: true, timeout: PATIENCE, maximumAge: 10_000 };
    navigator.geolocation.getCurrentPosition((at) => this.take(at.coords), () => this.fail(), options);
  }

  take({ longitude, latitude, accuracy }) {
    const map = document.querySelector(`linli-map[lon="${this.getAttribute("lon")}"]`);
    if (map?.begun && map.status) map.pick(longitude, latitude);
    for (const [name, value] of [["lon", longitude], ["lat", latitude]]) {
      const input = this.input(name);
      input.value = value.toFixed(7);
      input.dispatchEvent(new Event("change", { bubbles: true }));
    }
    this.words.textContent = (this.getAttribute("found") ?? "").replace("{m}", String(Math.max(1, Math.round(accuracy))));
  }

  fail() {
    this.words.textContent = this.getAttribute("failed") ?? "";
  }
}

customElements.define("linli-here", Here);
