/**
 * Where the server is, worked out from where the page is. The page keeps its own state in the hash, so the
 * path of the document is always the path the server is mounted at, with or without a proxy's prefix.
 */
export function apiUrl(path: string, base: string = document.baseURI): URL {
  return new URL(path.replace(/^\//, ""), new URL(".", base));
}

export function socketUrl(path: string, base: string = document.baseURI): URL {
  const url = apiUrl(path, base);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  url.hash = "";
  return url;
}

/**
 * Appends repeated `prompts=` parameters: repeating needs no separator. An empty list is said as such, because
 * no parameter at all means the prompts of the last analysis.
 */
export function withPrompts(url: URL, prompts: readonly string[]): URL {
  if (prompts.length === 0) url.searchParams.append("prompts", "");
  for (const prompt of prompts) url.searchParams.append("prompts", prompt);
  return url;
}
