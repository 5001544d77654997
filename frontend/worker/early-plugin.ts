import { fileURLToPath } from "node:url";
import { build, type Plugin, type Rolldown } from "vite";

const PAGE = "index.html";
const START = fileURLToPath(new URL("../src/early/start.ts", import.meta.url));
/** Where the two halves of the page begin, of which an address needs one. */
const HALVES = { home: "HomePage", recording: "RecordingRoute" };
const HEAD = '<meta charset="utf-8" />';

/**
 * Writes the page's first lines (`src/early/start.ts`) into the document itself, so that they run before any other
 * file has come. The server allows exactly this script by its hash (`api/page.py`).
 */
export function earlyScript(): Plugin {
  return {
    name: "sonotag-early-script",
    apply: "build",
    enforce: "post",
    async generateBundle(_, bundle) {
      const page = bundle[PAGE];
      if (page?.type !== "asset") throw new Error("no page to write the first lines into");
      const text = String(page.source);
      const code = await inOnePiece(filesOf(bundle));
      if (!text.includes(HEAD) || /<\/script/i.test(code)) throw new Error("the first lines have no place");
      page.source = text.replace(HEAD, () => `${HEAD}\n    <script>${code}</script>`);
    },
  };
}

/** What each half of the page needs beyond what the document names itself. */
function filesOf(bundle: Rolldown.OutputBundle): Record<keyof typeof HALVES, string[]> {
  const chunks = Object.values(bundle).filter((file) => file.type === "chunk");
  const entry = chunks.find((chunk) => chunk.isEntry && chunk.name === "index");
  const named = new Set([entry?.fileName, ...(entry?.imports ?? [])]);
  const halfFrom = (name: string) => {
    const half = chunks.find((chunk) => chunk.name === name);
    if (!half) throw new Error(`the page has no part ${name}`);
    return [half.fileName, ...half.imports].filter((file) => !named.has(file)).map((file) => `./${file}`);
  };
  return { home: halfFrom(HALVES.home), recording: halfFrom(HALVES.recording) };
}

async function inOnePiece(files: Record<string, string[]>): Promise<string> {
  const built = await build({
    configFile: false,
    publicDir: false,
    logLevel: "warn",
    define: { __HALVES__: JSON.stringify(files) },
    build: {
      write: false,
      target: "es2022",
      modulePreload: false,
      rolldownOptions: { input: START, output: { format: "iife" } },
    },
  });
  const outputs = Array.isArray(built)
    ? built.flatMap(({ output }) => output)
    : "output" in built
      ? built.output
      : [];
  const [chunk, ...others] = outputs;
  if (chunk?.type !== "chunk" || others.length > 0) throw new Error("the first lines are not one script");
  return chunk.code.trim();
}
