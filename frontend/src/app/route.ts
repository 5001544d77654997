import { addPrompts, splitPrompts } from "../features/prompts/split";
import { type Place, parsePlace, placeParameters } from "./place";

/**
 * The page's own state lives in the hash (`#/r/<id>?p=…`): the document's path stays the one the server is
 * mounted at, so relative assets and API addresses hold behind any prefix, with no help from the server.
 */
export type Route =
  | { page: "home" }
  | { page: "recording"; id: string; prompts: string[] | null; place: Place };

export function parseRoute(hash: string): Route {
  const [path, query = ""] = hash.replace(/^#/, "").split("?", 2);
  const match = /^\/r\/([^/]+)$/.exec(path);
  if (!match) return { page: "home" };
  const parameters = new URLSearchParams(query);
  const words = parameters.getAll("p");
  const prompts = addPrompts([], splitPrompts(words.join(";")));
  return {
    page: "recording",
    id: decodeURIComponent(match[1]),
    prompts: prompts.length > 0 ? prompts : null,
    place: parsePlace(parameters),
  };
}

export function recordingHash(id: string, prompts: readonly string[] | null, place: Place = {}): string {
  const words = (prompts ?? []).map((prompt): [string, string] => ["p", prompt]);
  const query = new URLSearchParams([...words, ...placeParameters(place)]);
  const text = query.toString();
  return `#/r/${encodeURIComponent(id)}${text === "" ? "" : `?${text}`}`;
}

export function openRecording(id: string, prompts: readonly string[] | null = null): void {
  location.hash = recordingHash(id, prompts);
}

export function openHome(): void {
  location.hash = "#/";
}
