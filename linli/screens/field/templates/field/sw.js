/* Keeps the frame of the pages and the tasks last seen on the phone, for cellars and lifts. What is shown from here is
   only what this login saw before; it is thrown away on logging out. Writing is not its business: see queue.js. */
const SHELL = {{ shell|safe }};
const FRAME = "linli-field-frame-1";
const PAGES = "linli-field-pages-1";
const PATIENCE = 8000;
const MOST_PAGES = 220;
const OFFLINE = SHELL[SHELL.length - 1];

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const frame = await caches.open(FRAME);
    // One missing file must not keep the rest from being there.
    await Promise.all(SHELL.map((url) => frame.add(url).catch(() => {})));
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name.startsWith("linli-field") && name !== FRAME && name !== PAGES) await caches.delete(name);
    await self.clients.claim();
  })());
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  if (event.request.mode === "navigate") event.respondWith(page(event.request));
  else if (url.pathname.startsWith("/static/")) event.respondWith(part(event));
  else if (url.pathname.startsWith("/geo/")) event.respondWith(fresh(event.request));
});

self.addEventListener("message", (event) => {
  if (event.data?.keep) event.waitUntil(keep(event.data.keep));
});

async function page(request) {
  try {
    return await fresh(request);
  } catch {
    return (await caches.match(request)) ?? (await caches.match(OFFLINE)) ?? Response.error();
  }
}

/* The newest from the server, a kept copy when it does not answer in time. */
async function fresh(request) {
  const pages = await caches.open(PAGES);
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE);
  try {
    const answer = await fetch(request, { signal: stop.signal });
    if (answer.ok && !answer.redirected) await put(pages, request, answer.clone());
    return answer;
  } catch (problem) {
    const kept = await pages.match(request);
    if (kept) return kept;
    throw problem;
  } finally {
    clearTimeout(timer);
  }
}

/* A part of the frame: at once from the phone, renewed behind. */
async function part(event) {
  const frame = await caches.open(FRAME);
  const kept = await frame.match(event.request);
  const renewed = fetch(event.request).then(async (answer) => {
    if (answer.ok) await frame.put(event.request, answer.clone());
    return answer;
  });
  if (!kept) return renewed;
  event.waitUntil(renewed.catch(() => {}));
  return kept;
}

async function put(pages, request, answer) {
  await pages.put(request, answer);
  const keys = await pages.keys();
  for (const old of keys.slice(0, Math.max(0, keys.length - MOST_PAGES))) await pages.delete(old);
}

async function keep(urls) {
  const pages = await caches.open(PAGES);
  for (const url of urls) {
    try {
      const answer = await fetch(url, { credentials: "same-origin" });
      if (answer.ok && !answer.redirected) await put(pages, url, answer);
    } catch {
      return; // no signal: the rest waits for the next time
    }
  }
}
