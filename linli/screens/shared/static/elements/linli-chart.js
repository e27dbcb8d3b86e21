/* <linli-chart data="chart-1"><table>…the same figures…</table></linli-chart>
   JSON block: {kind: "line"|"bar"|"bar-across"|"donut", labels: [], series: [{name, values, links?}], unit?, links?: [], stacked?}
   `links[i]` opens the list behind figure i (反查). The table stays for screen readers and can be shown by a button. */
import { make, say } from "./words.js";

const LIBRARY = new URL("../vendor/echarts/echarts.common.min.js", import.meta.url).href;
let library;

function load() {
  library ??= new Promise((done, failed) => {
    const script = make("script", { src: LIBRARY });
    script.onload = () => done(window.echarts);
    script.onerror = failed;
    document.head.append(script);
  });
  return library;
}

class Chart extends HTMLElement {
  connectedCallback() {
    if (this.canvas) return;
    this.canvas = make("div", { class: "linli-chart__canvas", "aria-hidden": "true" });
    this.prepend(this.canvas);
    this.hideTable();
    this.draw();
    this.watcher = new ResizeObserver(() => this.resize());
    this.watcher.observe(this.canvas);
    const refresh = this.getAttribute("refresh");
    if (refresh) document.body.addEventListener(refresh, () => this.reload());
  }

  disconnectedCallback() {
    this.watcher?.disconnect();
    this.chart?.dispose();
    this.chart = null;
  }

  resize() {
    if (!this.chart) return;
    this.chart.resize();
    if (this.kind === "donut") this.draw();
  }

  hideTable() {
    const table = this.querySelector("table, .table-wrap");
    if (!table) return;
    // A table ignores the one-pixel box of sr-only, so the box goes around it.
    const box = make("div", { class: "sr-only" });
    table.before(box);
    box.append(table);
    if (this.hasAttribute("plain")) return;
    const button = make("button", { type: "button", class: "link-button small no-print", "aria-expanded": "false" }, say("chart_show_table"));
    button.addEventListener("click", () => {
      const hidden = box.classList.toggle("sr-only");
      button.setAttribute("aria-expanded", String(!hidden));
      button.textContent = say(hidden ? "chart_show_table" : "chart_hide_table");
    });
    box.before(button);
  }

  data() {
    const block = document.getElementById(this.getAttribute("data"));
    return block ? JSON.parse(block.textContent) : null;
  }

  async draw(data = this.data()) {
    if (!data) return;
    this.kind = data.kind;
    try {
      const echarts = await load();
      if (!this.isConnected) return;
      this.chart ??= echarts.init(this.canvas, null, { renderer: "svg" });
      this.chart.setOption(options(data, colours(this), this.canvas), { notMerge: true });
      this.chart.off("click");
      this.chart.on("click", (point) => {
        const links = data.series[point.seriesIndex]?.links ?? data.links;
        if (links?.[point.dataIndex]) location.assign(links[point.dataIndex]);
      });
    } catch {
      this.canvas.remove();
      this.querySelector(".sr-only")?.classList.remove("sr-only");
    }
  }

  /* `src` answers the same JSON; asked again when the event named in `refresh` comes. */
  async reload() {
    const answer = await fetch(this.getAttribute("src")).catch(() => null);
    if (answer?.ok) this.draw(await answer.json());
  }
}

function colours(element) {
  const style = getComputedStyle(element);
  const read = (name) => style.getPropertyValue(name).trim();
  return {
    series: [1, 2, 3, 4, 5, 6].map((n) => read(`--chart-${n}`)),
    ink: read("--ink"), quiet: read("--ink-2"), grid: read("--chart-grid"), surface: read("--surface"), line: read("--line"),
    font: style.fontFamily, size: Math.max(12, parseFloat(style.fontSize) * 0.88),
  };
}

function options(data, look, box) {
  const text = { color: look.quiet, fontFamily: look.font, fontSize: look.size };
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const shared = {
    color: look.series, textStyle: text, animation: !calm, animationDuration: 300,
    tooltip: {
      trigger: data.kind === "donut" ? "item" : "axis", renderMode: "richText", confine: true,
      backgroundColor: look.surface, borderColor: look.line, textStyle: { ...text, color: look.ink },
      axisPointer: { type: data.kind === "line" ? "line" : "shadow" },
      valueFormatter: (value) => `${value ?? "—"}${data.unit ?? ""}`,
    },
  };
  return data.kind === "donut" ? { ...shared, ...donut(data, look, text, box) } : { ...shared, ...axes(data, look, text) };
}

function donut(data, look, text, box) {
  const across = Math.min(box.clientHeight * 0.9, box.clientWidth * 0.46);
  const middle = across / 2 + 4;
  const values = data.series[0].values.map((value, place) => ({ value, name: data.labels[place] }));
  const total = values.reduce((sum, one) => sum + one.value, 0);
  return {
    legend: { orient: "vertical", left: across + 24, top: "middle", itemWidth: 10, itemHeight: 10, icon: "roundRect", textStyle: text,
      formatter: (name) => `${name}  ${values.find((one) => one.name === name)?.value ?? ""}` },
    title: { text: String(total), subtext: data.unit ?? "", left: middle, top: box.clientHeight / 2 - look.size * 1.7, textAlign: "center", itemGap: 2,
      textStyle: { ...text, color: look.ink, fontSize: look.size * 1.7, fontWeight: 600 }, subtextStyle: text },
    series: [{ type: "pie", radius: [across * 0.33, across / 2], center: [middle, "50%"], data: values, label: { show: false },
      itemStyle: { borderColor: look.surface, borderWidth: 2 }, emphasis: { scale: false } }],
  };
}

function axes(data, look, text) {
  const across = data.kind === "bar-across";
  const label = across ? { ...text, interval: 0, fontSize: data.labels.length > 8 ? look.size * 0.85 : look.size } : text;
  const names = { type: "category", data: data.labels, inverse: across, axisLabel: label, axisTick: { show: false }, axisLine: { lineStyle: { color: look.line } }, boundaryGap: data.kind !== "line" };
  const numbers = { type: "value", axisLabel: { ...text, formatter: (value) => `${value}${data.unit === "%" ? "%" : ""}` }, splitLine: { lineStyle: { color: look.grid } }, splitNumber: 4, minInterval: data.unit === "%" ? undefined : 1 };
  const many = data.series.length > 1;
  return {
    grid: { left: 4, right: across ? 44 : 12, top: many ? 34 : 14, bottom: 4, containLabel: true },
    legend: many ? { top: 0, left: 0, itemWidth: 14, itemHeight: 8, textStyle: text } : undefined,
    xAxis: across ? { ...numbers, axisLabel: { show: false }, splitLine: { show: false } } : names,
    yAxis: across ? { ...names, axisLine: { show: false } } : numbers,
    series: data.series.map((one, place) => ({
      name: one.name, data: one.values, stack: data.stacked ? "all" : undefined,
      ...(data.kind === "line"
        ? { type: "line", symbol: ["circle", "rect", "triangle"][place % 3], symbolSize: 6, showSymbol: data.labels.length < 16, lineStyle: { width: 2.5, type: ["solid", "dashed", "dotted"][place % 3] } }
        : { type: "bar", barMaxWidth: across ? 14 : 28, itemStyle: { borderRadius: 3 }, label: across ? { show: true, position: "right", ...text } : undefined }),
    })),
  };
}

customElements.define("linli-chart", Chart);
