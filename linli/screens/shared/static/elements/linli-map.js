/* <linli-map areas="/map/areas.json" buildings="…" land="…" cases="…" lon="id_lon" lat="id_lat" tilt="45">fallback words</linli-map>
   Draws own GeoJSON in MapLibre, or flat as SVG without WebGL. With `lon` and `lat` (ids of inputs) a point can be chosen:
   click, "use my place", or Enter for the middle. The map is never the only way: the form beside it takes words. */
import { drawFlat } from "./map-flat.js";
import { EMPTY, boundsOf, mapStyle, palette } from "./map-style.js";
import { icon, make, say } from "./words.js";

const LIBRARY = new URL("../vendor/maplibre/maplibre-gl.mjs", import.meta.url).href;
const SHEET = new URL("../vendor/maplibre/maplibre-gl.css", import.meta.url).href;
const PARTS = ["land", "buildings", "areas", "cases"];

class LinliMap extends HTMLElement {
  connectedCallback() {
    if (this.begun) return;
    // Nothing is loaded before the map comes near the window: a phone pays only for a map it sees.
    this.watcher = new IntersectionObserver((seen) => {
      if (!seen.some((one) => one.isIntersecting)) return;
      this.watcher.disconnect();
      this.begun = true;
      this.begin();
    }, { rootMargin: "200px" });
    this.watcher.observe(this);
  }

  disconnectedCallback() {
    this.watcher?.disconnect();
    this.map?.remove();
    if (this.onRefresh) document.body.removeEventListener(this.getAttribute("refresh"), this.onRefresh);
  }

  async begin() {
    this.colours = palette(this);
    this.data = Object.fromEntries(await Promise.all(PARTS.map(async (part) => [part, await this.load(part)])));
    this.status = make("p", { class: "linli-map__status", role: "status" });
    this.replaceChildren(this.status);
    const given = this.getAttribute("bounds")?.split(",").map(Number);
    this.box = given ?? boundsOf(this.data.areas) ?? boundsOf(this.data.land, this.data.cases, this.data.buildings);
    if (!this.box) return this.say(say("map_failed"));
    if (canDraw() && !this.hasAttribute("flat")) await this.drawSolid();
    else this.drawPlain();
    this.takeInputs();
    this.onRefresh = () => this.refresh();
    if (this.hasAttribute("refresh")) document.body.addEventListener(this.getAttribute("refresh"), this.onRefresh);
    this.dispatchEvent(new CustomEvent("linli-map-ready", { bubbles: true }));
    return undefined;
  }

  async load(part) {
    const url = this.getAttribute(part);
    if (!url) return EMPTY;
    try {
      const answer = await fetch(url, { headers: { Accept: "application/geo+json, application/json" } });
      return answer.ok ? await answer.json() : EMPTY;
    } catch {
      return EMPTY;
    }
  }

  async drawSolid() {
    if (!document.querySelector(`link[href="${SHEET}"]`)) document.head.append(make("link", { rel: "stylesheet", href: SHEET }));
    const { Map: Drawing, Marker } = await import(LIBRARY);
    this.Marker = Marker;
    const frame = make("div", { class: "linli-map__frame" });
    this.prepend(frame);
    this.map = new Drawing({
      container: frame, style: mapStyle(this.data, this.colours, Number(this.getAttribute("near") || 46)), bounds: this.box, fitBoundsOptions: { padding: this.margin },
      pitch: Number(this.getAttribute("tilt") || 0), bearing: Number(this.getAttribute("turn") || 0), maxPitch: 65, minZoom: 9, maxZoom: 20,
      attributionControl: false, localIdeographFontFamily: this.colours.font, fadeDuration: 0,
      cooperativeGestures: this.hasAttribute("in-page"), locale: texts(this.label),
    });
    await new Promise((done) => { this.map.once("load", done); });
    this.map.getCanvas().setAttribute("aria-label", this.label);
    this.append(this.tools());
    this.map.on("click", (event) => this.clicked(event));
    for (const layer of ["case-point", "case-cluster"]) {
      this.map.on("mouseenter", layer, () => { this.map.getCanvas().style.cursor = "pointer"; });
      this.map.on("mouseleave", layer, () => { this.map.getCanvas().style.cursor = ""; });
    }
    this.map.getCanvas().addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !this.picks) return;
      event.preventDefault();
      const at = this.map.getCenter();
      this.pick(at.lng, at.lat);
    });
  }

  drawPlain() {
    this.flat = drawFlat(this.data, this.box, this.colours, {
      onPick: this.picks ? (lon, lat) => this.pick(lon, lat) : undefined, onOpen: (one) => this.open(one),
    });
    this.flat.setAttribute("role", "img");
    this.flat.setAttribute("aria-label", this.label);
    this.prepend(this.flat);
    this.append(this.tools());
    if (!this.hasAttribute("flat")) this.say(say("map_no_webgl"));
  }

  get label() { return this.getAttribute("label") || say("map_label"); }

  /* A tilted map is flatter on the screen than its bounds say, so it may come closer. */
  get margin() { return this.hasAttribute("tilt") ? 8 : 24; }

  get picks() { return this.hasAttribute("lon") && this.hasAttribute("lat"); }

  tools() {
    const tool = (name, words, act) => {
      const button = make("button", { type: "button", "aria-label": words, title: words }, icon(name));
      button.addEventListener("click", act);
      return button;
    };
    const box = make("div", { class: "linli-map__tools" });
    if (this.map) {
      const home = () => this.map.fitBounds(this.box, { padding: this.margin, pitch: Number(this.getAttribute("tilt") || 0), bearing: Number(this.getAttribute("turn") || 0) });
      box.append(tool("plus", say("map_zoom_in"), () => this.map.zoomIn()), tool("minus", say("map_zoom_out"), () => this.map.zoomOut()), tool("home", say("map_home"), home));
    }
    if (this.picks && "geolocation" in navigator) box.append(tool("location", say("map_here"), () => this.locate()));
    return box;
  }

  locate() {
    const found = ({ coords }) => {
      this.pick(coords.longitude, coords.latitude);
      this.map?.easeTo({ center: [coords.longitude, coords.latitude], zoom: 17 });
    };
    navigator.geolocation.getCurrentPosition(found, () => this.say(say("map_here_failed")), { enableHighAccuracy: true, timeout: 10_000 });
  }

  async clicked(event) {
    const [hit] = this.map.queryRenderedFeatures(event.point, { layers: ["case-point", "case-cluster"] });
    if (hit?.properties.cluster) {
      const zoom = await this.map.getSource("cases").getClusterExpansionZoom(hit.properties.cluster_id);
      this.map.easeTo({ center: hit.geometry.coordinates, zoom });
    } else if (hit) this.open(hit.properties);
    else if (this.picks) this.pick(event.lngLat.lng, event.lngLat.lat);
  }

  open(one) {
    if (one.title) this.say(one.url ? make("a", { href: one.url }, one.title) : one.title);
    this.dispatchEvent(new CustomEvent("linli-map-open", { detail: one, bubbles: true }));
  }

  pick(lon, lat, quiet = false) {
    const rounded = { lon: lon.toFixed(7), lat: lat.toFixed(7) };
    for (const name of ["lon", "lat"]) {
      const input = document.getElementById(this.getAttribute(name));
      if (!input || quiet) continue;
      input.value = rounded[name];
      input.dispatchEvent(new Event("change", { bubbles: true }));
    }
    if (this.map) {
      this.pin ??= new this.Marker({ color: this.colours.red }).setLngLat([lon, lat]).addTo(this.map);
      this.pin.setLngLat([lon, lat]);
    } else this.flat?.setPin(lon, lat);
    this.say(say("map_picked", { lon: lon.toFixed(5), lat: lat.toFixed(5) }));
  }

  /* A form that comes back with errors still knows its point. */
  takeInputs() {
    if (!this.picks) return;
    const [lon, lat] = ["lon", "lat"].map((name) => parseFloat(document.getElementById(this.getAttribute(name))?.value));
    if (Number.isFinite(lon) && Number.isFinite(lat)) this.pick(lon, lat, true);
  }

  async refresh() {
    this.data.cases = await this.load("cases");
    if (this.map) this.map.getSource("cases")?.setData(this.data.cases);
    else { this.flat?.remove(); this.querySelector(".linli-map__tools")?.remove(); this.drawPlain(); }
  }

  say(words) { this.status.replaceChildren(words); }
}

function texts(label) {
  const help = say("map_two_fingers");
  const wheel = say("map_ctrl_wheel");
  return {
    "Map.Title": label, "CooperativeGesturesHandler.MobileHelpText": help,
    "CooperativeGesturesHandler.WindowsHelpText": wheel, "CooperativeGesturesHandler.MacHelpText": wheel,
  };
}

function canDraw() {
  try {
    return Boolean(document.createElement("canvas").getContext("webgl2"));
  } catch {
    return false;
  }
}

customElements.define("linli-map", LinliMap);
