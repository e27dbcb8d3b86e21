/* The drawn look of the map: own GeoJSON only, no tiles, no glyph server. Colours come from tokens.css. */

const NAMES = ["land", "block", "water", "park", "road", "road-edge", "building", "grid", "label", "halo"];
const LIGHTS = ["green", "yellow", "red", "blue", "grey"];
export const EMPTY = { type: "FeatureCollection", features: [] };

export function palette(element) {
  const style = getComputedStyle(element);
  const read = (name) => style.getPropertyValue(name).trim();
  const colours = Object.fromEntries(NAMES.map((name) => [name, read(`--map-${name}`)]));
  for (const light of LIGHTS) colours[light] = read(`--dot-${light}`);
  colours.accent = read("--accent");
  colours.surface = read("--surface");
  colours.font = style.fontFamily;
  return colours;
}

/* land: features with `kind` land | block | water | park | road (`width` in metres);
   buildings: `height` in metres or `floors`; areas: `name`, `level`; cases: `id`, `title`, `light`, `url`; those nearer than `near` pixels are drawn as one circle, ringed red when one of
   them is overdue. */
export function mapStyle(data, c, near = 46) {
  const of = (kind) => ["==", ["get", "kind"], kind];
  const metres = (value, min) => ["interpolate", ["exponential", 2], ["zoom"], 12, min, 20, ["*", value, 4.2]];
  const width = ["coalesce", ["get", "width"], 8];
  const height = ["coalesce", ["get", "height"], ["*", ["coalesce", ["get", "floors"], 3], 3]];
  const lit = ["match", ["get", "light"], ...LIGHTS.flatMap((light) => [light, c[light]]), c.accent];
  return {
    version: 8,
    sources: {
      land: { type: "geojson", data: data.land ?? EMPTY },
      buildings: { type: "geojson", data: data.buildings ?? EMPTY },
      areas: { type: "geojson", data: data.areas ?? EMPTY },
      cases: { type: "geojson", data: data.cases ?? EMPTY, cluster: true, clusterRadius: near, clusterMaxZoom: 16, clusterProperties: { late: ["+", ["case", ["==", ["get", "light"], "red"], 1, 0]] } },
    },
    light: { anchor: "viewport", intensity: 0.28, position: [1.2, 210, 40] },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": c.land } },
      { id: "block", type: "fill", source: "land", filter: of("block"), paint: { "fill-color": c.block } },
      { id: "park", type: "fill", source: "land", filter: of("park"), paint: { "fill-color": c.park } },
      { id: "water", type: "fill", source: "land", filter: ["all", of("water"), ["==", ["geometry-type"], "Polygon"]], paint: { "fill-color": c.water } },
      { id: "river", type: "line", source: "land", filter: ["all", of("water"), ["==", ["geometry-type"], "LineString"]], paint: { "line-color": c.water, "line-width": metres(width, 1) } },
      { id: "road-edge", type: "line", source: "land", filter: of("road"), layout: { "line-cap": "round", "line-join": "round" }, paint: { "line-color": c["road-edge"], "line-width": metres(["+", width, 3], 1.5) } },
      { id: "road", type: "line", source: "land", filter: of("road"), layout: { "line-cap": "round", "line-join": "round" }, paint: { "line-color": c.road, "line-width": metres(width, 0.8) } },
      { id: "area-fill", type: "fill", source: "areas", paint: { "fill-color": c.grid, "fill-opacity": ["case", ["boolean", ["feature-state", "chosen"], false], 0.16, 0.04] } },
      { id: "area-line", type: "line", source: "areas", layout: { "line-join": "round" }, paint: { "line-color": c.grid, "line-width": ["match", ["get", "level"], "subdistrict", 3, "community", 2.2, 1.2], "line-dasharray": [3, 2], "line-opacity": 0.75 } },
      { id: "buildings", type: "fill-extrusion", source: "buildings", minzoom: 12, paint: { "fill-extrusion-color": c.building, "fill-extrusion-height": height, "fill-extrusion-opacity": 0.92, "fill-extrusion-vertical-gradient": true } },
      label("road-name", "land", of("road"), 15, 11, { "symbol-placement": "line" }, c),
      label("building-name", "buildings", ["has", "name"], 16.3, 11, {}, c),
      { id: "case-cluster", type: "circle", source: "cases", filter: ["has", "point_count"], paint: { "circle-color": c.accent, "circle-opacity": 0.94, "circle-radius": ["step", ["get", "point_count"], 15, 10, 19, 50, 24, 200, 30], "circle-stroke-width": 3, "circle-stroke-color": ["case", [">", ["get", "late"], 0], c.red, c.surface], "circle-stroke-opacity": 0.8 } },
      { id: "case-count", type: "symbol", source: "cases", filter: ["has", "point_count"], layout: { "text-field": ["get", "point_count_abbreviated"], "text-size": 13, "text-font": ["Linli Bold"], "text-allow-overlap": true }, paint: { "text-color": c.surface } },
      { id: "case-point", type: "circle", source: "cases", filter: ["!", ["has", "point_count"]], paint: { "circle-color": lit, "circle-radius": ["match", ["get", "light"], "red", 9, 7], "circle-stroke-width": ["match", ["get", "light"], "red", 3, 2], "circle-stroke-color": c.surface } },
      { ...label("area-name", "areas", ["has", "name"], 10, 13, { "text-font": ["Linli Bold"], "symbol-sort-key": 0 }, c) },
    ],
  };
}

function label(id, source, filter, minzoom, size, layout, c) {
  return {
    id, type: "symbol", source, filter, minzoom,
    layout: { "text-field": ["get", "name"], "text-size": size, "text-font": ["Linli"], "text-max-width": 9, "text-padding": 6, ...layout },
    paint: { "text-color": c.label, "text-halo-color": c.halo, "text-halo-width": 1.6 },
  };
}

/* [west, south, east, north] of everything given; null when there is nothing. */
export function boundsOf(...collections) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  const walk = (part) => {
    if (typeof part?.[0] === "number") {
      box[0] = Math.min(box[0], part[0]); box[1] = Math.min(box[1], part[1]);
      box[2] = Math.max(box[2], part[0]); box[3] = Math.max(box[3], part[1]);
    } else part?.forEach(walk);
  };
  for (const collection of collections) collection?.features?.forEach((feature) => walk(feature.geometry?.coordinates));
  return box.every(Number.isFinite) ? box : null;
}
