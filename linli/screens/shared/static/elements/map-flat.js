/* The flat map for devices without WebGL: one SVG, same data, same choosing of a point. */

const SVG = "http://www.w3.org/2000/svg";
const WIDE = 1000;

export function drawFlat(data, box, c, { onPick, onOpen } = {}) {
  const [west, south, east, north] = box;
  const shrink = Math.cos(((south + north) / 2) * (Math.PI / 180));
  const scale = WIDE / ((east - west) * shrink);
  const high = (north - south) * scale;
  const place = ([lon, lat]) => [(lon - west) * shrink * scale, (north - lat) * scale];
  const svg = node("svg", { viewBox: `0 0 ${WIDE} ${Math.round(high)}`, class: "linli-map__flat", preserveAspectRatio: "xMidYMid meet" });
  svg.append(node("rect", { width: WIDE, height: high, fill: c.land }));

  for (const feature of data.land?.features ?? []) svg.append(...land(feature, place, c));
  for (const feature of data.buildings?.features ?? []) svg.append(shape(feature, place, { fill: c.building }));
  for (const feature of data.areas?.features ?? []) {
    svg.append(shape(feature, place, { fill: c.grid, "fill-opacity": 0.05, stroke: c.grid, "stroke-width": 1.5, "stroke-dasharray": "6 4" }));
  }
  for (const feature of data.areas?.features ?? []) {
    const [x, y] = place(middle(feature));
    svg.append(node("text", { x, y, "text-anchor": "middle", "font-size": 20, fill: c.label, stroke: c.halo, "stroke-width": 4, "paint-order": "stroke" }, feature.properties.name ?? ""));
  }
  for (const feature of data.cases?.features ?? []) svg.append(point(feature, place, c, onOpen));

  if (onPick) {
    svg.addEventListener("click", (event) => {
      const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
      onPick(west + at.x / (shrink * scale), north - at.y / scale);
    });
  }
  const pin = node("circle", { r: 11, fill: c.red, stroke: c.surface, "stroke-width": 4, visibility: "hidden" });
  svg.append(pin);
  svg.setPin = (lon, lat) => {
    const [x, y] = place([lon, lat]);
    pin.setAttribute("cx", x);
    pin.setAttribute("cy", y);
    pin.setAttribute("visibility", "visible");
  };
  return svg;
}

function land(feature, place, c) {
  const { kind, width = 8 } = feature.properties;
  if (kind === "road") {
    return [shape(feature, place, { fill: "none", stroke: c["road-edge"], "stroke-width": width * 0.5 + 3 }), shape(feature, place, { fill: "none", stroke: c.road, "stroke-width": width * 0.5 + 1 })];
  }
  const line = feature.geometry.type.includes("LineString");
  return [shape(feature, place, line ? { fill: "none", stroke: c[kind] ?? c.block, "stroke-width": width * 0.5 } : { fill: c[kind] ?? c.block })];
}

function point(feature, place, c, onOpen) {
  const [x, y] = place(feature.geometry.coordinates);
  const dot = node("circle", { cx: x, cy: y, r: feature.properties.light === "red" ? 9 : 7, fill: c[feature.properties.light] ?? c.accent, stroke: c.surface, "stroke-width": 2 });
  if (onOpen) dot.addEventListener("click", (event) => { event.stopPropagation(); onOpen(feature.properties); });
  return dot;
}

function shape(feature, place, look) {
  const rings = lines(feature.geometry);
  const closed = feature.geometry.type.includes("Polygon") ? "Z" : "";
  const d = rings.map((ring) => `M${ring.map((at) => place(at).map((n) => n.toFixed(1)).join(" ")).join("L")}${closed}`).join("");
  return node("path", { d, "fill-rule": "evenodd", ...look });
}

function lines({ type, coordinates }) {
  if (type === "LineString") return [coordinates];
  if (type === "MultiPolygon") return coordinates.flat();
  return type === "Point" ? [] : coordinates;
}

function middle(feature) {
  const ring = lines(feature.geometry)[0] ?? [[0, 0]];
  const lons = ring.map((at) => at[0]);
  const lats = ring.map((at) => at[1]);
  return [(Math.min(...lons) + Math.max(...lons)) / 2, (Math.min(...lats) + Math.max(...lats)) / 2];
}

function node(name, attributes, words) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (words) made.textContent = words;
  return made;
}
