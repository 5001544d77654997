import { useSyncExternalStore } from "react";
import { addPrompts, splitPrompts } from "../features/prompts/split";

/**
 * The page's own state lives in the hash (`#/r/<id>?p=…`): the document's path stays the one the server is
 * mounted at, so relative assets and API addresses hold behind any prefix, with no help from the server.
 */
export type Route = { page: "home" } | { page: "recording"; id: string; prompts: string[] | null };

export function parseRoute(hash: string): Route {
  const [path, query = ""] = hash.replace(/^#/, "").split("?", 2);
  const match = /^\/r\/([^/]+)$/.exec(path);
  if (!match) return { page: "home" };
  const words = new URLSearchParams(query).getAll("p");
  const prompts = addPrompts([], splitPrompts(words.join(";")));
  return {
    page: "recording",
    id: decodeURIComponent(match[1]),
    prompts: prompts.length > 0 ? prompts : null,
  };
}

export function recordingHash(id: string, prompts: readonly string[] | null): string {
  const query = new URLSearchParams((prompts ?? []).map((prompt) => ["p", prompt]));
  const text = query.toString();
  return `#/r/${encodeURIComponent(id)}${text === "" ? "" : `?${text}`}`;
}

export function openRecording(id: string, prompts: readonly string[] | null = null): void {
  location.hash = recordingHash(id, prompts);
}

export function openHome(): void {
  location.hash = "#/";
}

/** Rewrites the address of the recording on show without adding a step to the history. */
export function rememberPrompts(id: string, prompts: readonly string[] | null): void {
  history.replaceState(history.state, "", recordingHash(id, prompts));
}

function subscribe(onChange: () => void): () => void {
  addEventListener("hashchange", onChange);
  return () => removeEventListener("hashchange", onChange);
}

export function useRoute(): Route {
  return parseRoute(useSyncExternalStore(subscribe, () => location.hash));
}
