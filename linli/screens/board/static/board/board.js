/* What makes the wall live. News makes it ask for the numbers alone, which are put in place at once; only when their
   mark has changed does the event `board-refresh` let the panels, the chart and the map ask again. It asks twice, now
   and a second later, because the first answer may be one that other screens share. Clocks run on without news, so
   the wall also asks every ten seconds and draws anew every minute. */

const AGAIN = 1_000;
const ALWAYS = 10_000;
const ANEW = 60_000;

const live = document.querySelector("linli-live");
let mark = live?.dataset.mark;
let drawn = Date.now();
let asking = false;
let waiting = false;
let later;

async function ask() {
  if (asking) { waiting = true; return; }
  asking = true;
  try {
    const answer = await fetch(live.getAttribute("poll"), { headers: { Accept: "application/json" } });
    // A login that has ended leads to the login page; so does the wall, rather than stand still.
    if (answer.redirected) location.reload();
    if (answer.ok) show(await answer.json());
  } catch { /* no network: linli-live says so, and asks again */ }
  asking = false;
  if (waiting) { waiting = false; ask(); }
}

function show({ counts, mark: found }) {
  for (const [name, value] of Object.entries(counts)) {
    for (const place of document.querySelectorAll(`[data-figure="${CSS.escape(name)}"]`)) {
      if (place.textContent !== value) place.textContent = value;
    }
  }
  if (found === mark && Date.now() - drawn < ANEW) return;
  mark = found;
  drawn = Date.now();
  document.body.dispatchEvent(new CustomEvent("board-refresh"));
}

if (live) {
  document.body.addEventListener("cases-changed", () => {
    ask();
    clearTimeout(later);
    later = setTimeout(ask, AGAIN);
  });
  setInterval(() => { if (!document.hidden) ask(); }, ALWAYS);
}

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
