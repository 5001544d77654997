import { apiUrl, socketUrl, withPrompts } from "../api/base";
import type { Early, EarlyStream } from "../api/early";
import { parseRoute } from "../app/route";
import { themeNow } from "../app/theme-choice";
import { bestLanguage, keptLanguage } from "../i18n/locale";

/*
 * Runs in the document itself, before any other script has come, and asks the server for what the page will need
 * first: whether to sign in, and of a recording in the address its data and its scores. The server works on them
 * while the scripts are fetched and read. Nothing depends on it: what it does not bring, the page asks for itself.
 */

/** Put in by the build: the scripts that each half of the page needs. */
declare const __HALVES__: { home: string[]; recording: string[] };

/** What nobody has taken by then is let go. */
const KEPT_MS = 15_000;

const route = parseRoute(location.hash);
const early: Early = { answers: new Map(), stream: null };
window.early = early;

function ask(path: string, headers: HeadersInit): void {
  const url = apiUrl(path).href;
  const answer = fetch(url, { headers });
  // Whoever takes it deals with it.
  answer.catch(() => undefined);
  early.answers.set(url, answer);
}

function openStream(recordingId: string, prompts: string[] | null): EarlyStream {
  const url = socketUrl(`ws/recordings/${encodeURIComponent(recordingId)}`);
  const socket = new WebSocket(prompts ? withPrompts(url, prompts) : url);
  const held: MessageEvent[] = [];
  socket.onmessage = (message) => held.push(message);
  return { recordingId, prompts, socket, held };
}

function preload(file: string): void {
  const link = document.createElement("link");
  link.rel = "modulepreload";
  link.href = file;
  document.head.append(link);
}

if (route.page === "recording") {
  // The guest of a share link says so, as `client.ts` does.
  const headers: HeadersInit = route.id.startsWith("s-") ? { "X-Share": route.id } : {};
  ask("api/access", headers);
  ask(`api/recordings/${encodeURIComponent(route.id)}`, headers);
  early.stream = openStream(route.id, route.prompts);
} else {
  ask("api/access", {});
}
__HALVES__[route.page].forEach(preload);

setTimeout(() => {
  early.answers.clear();
  early.stream?.socket.close();
  early.stream = null;
}, KEPT_MS);

// What the document shows until there is a page: in the reader's colours and language. After the requests, as the first
// look into what is kept here waits for another process of the browser.
const page = document.documentElement;
page.dataset.opens = route.page;
page.dataset.theme = themeNow();
page.lang = keptLanguage() ?? bestLanguage(navigator.languages);
