/* What makes the wall live: after news, and every ten seconds since clocks run on, the event `board-refresh` lets the
   panels, the chart and the map ask again. After news they ask twice, now and a second later, because the first answer
   may be the one that other screens share. The clock runs on from the server's time. */

const PACE = 700;
const AGAIN = 1_000;
const ALWAYS = 10_000;

let last = 0;
let next = 0;

function refresh() {
  last = Date.now();
  document.body.dispatchEvent(new CustomEvent("board-refresh"));
}

function soon(delay) {
  const at = Date.now() + delay;
  if (next >= at) return;
  next = at;
  setTimeout(() => { if (Date.now() + 5 >= next) refresh(); }, delay);
}

document.body.addEventListener("cases-changed", () => {
  if (Date.now() - last > PACE) refresh();
  soon(AGAIN);
});
setInterval(() => { if (Date.now() - last >= ALWAYS - AGAIN && !document.hidden) refresh(); }, ALWAYS);

/* A login that has ended sends every request to the login page; so does the wall, rather than stand still. */
document.body.addEventListener("htmx:beforeSwap", (event) => {
  if (new URL(event.detail.xhr.responseURL || location.href).pathname !== location.pathname) location.reload();
});

document.body.addEventListener("linli-map-open", (event) => {
  if (event.detail.url) location.assign(event.detail.url);
});

const clock = document.querySelector("[data-clock]");
if (clock) {
  const begun = Date.now();
  const now = Number(clock.dataset.now) * 1_000;
  const speed = Number(clock.dataset.speed) || 1;
  const words = new Intl.DateTimeFormat("zh-CN", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", hour12: false });
  setInterval(() => { clock.textContent = words.format(new Date(now + (Date.now() - begun) * speed)); }, 1_000);
}
