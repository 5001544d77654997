/// <reference lib="webworker" />
/*
 * Keeps the page itself, so that it opens while the server is away. Nothing else: no answer of the API, no audio. The
 * page is always asked of the server first, so a new build is taken at the next load; what its name holds a hash of
 * is never asked for twice. A new worker waits until the tabs of the old build are closed, whose files stay till then.
 */
export {};

declare const self: ServiceWorkerGlobalScope;
/** Put in by the build: the files of the page, and a name for exactly these. */
declare const __SHELL__: { version: string; files: string[] };

/** A server that takes longer to send its page is taken for away. */
const PATIENCE_MS = 8000;

const scope = new URL(self.registration.scope);
const shell = __SHELL__;
// Several servers may live under one host, each below a path of its own.
const family = `sonotag ${scope.pathname} `;
const name = family + shell.version;
const files = new Set(shell.files.map((file) => new URL(file, scope).href));

self.addEventListener("install", (event) => {
  const keep = async () => {
    const cache = await caches.open(name);
    // Past the browser's own cache, which may hold the page of an older build.
    await cache.add(new Request(scope, { cache: "reload" }));
    await cache.addAll([...files]);
  };
  event.waitUntil(keep());
});

self.addEventListener("activate", (event) => {
  const clear = async () => {
    const old = (await caches.keys()).filter((key) => key.startsWith(family) && key !== name);
    await Promise.all(old.map((key) => caches.delete(key)));
  };
  event.waitUntil(clear());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const { origin, pathname, href } = new URL(request.url);
  if (request.mode === "navigate") {
    if (origin === scope.origin && pathname === scope.pathname) event.respondWith(page(request));
  } else if (files.has(href)) {
    event.respondWith(file(request));
  }
});

async function page(request: Request): Promise<Response> {
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
    // A proxy whose server is away says so with one of these.
    if (answer.status !== 502 && answer.status !== 503 && answer.status !== 504) return answer;
  } catch {
    // Away: the page that was kept says so, and goes on by itself when the server is back.
  }
  const cache = await caches.open(name);
  return (await cache.match(scope)) ?? Response.error();
}

async function file(request: Request): Promise<Response> {
  const cache = await caches.open(name);
  return (await cache.match(request)) ?? fetch(request);
}
