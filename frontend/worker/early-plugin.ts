import { fileURLToPath } from "node:url";
import { build, type Plugin, type Rolldown } from "vite";

const PAGE = "index.html";
const START = fileURLToPath(new URL("../src/early/start.ts", import.meta.url));
/** Where a recording's half of the page begins. */
const RECORDING = "RecordingRoute";
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

/** What a recording's half of the page needs beyond what the page names itself. */
function filesOf(bundle: Rolldown.OutputBundle): string[] {
  const chunks = Object.values(bundle).filter((file) => file.type === "chunk");
  const entry = chunks.find((chunk) => chunk.isEntry && chunk.name === "index");
  const recording = chunks.find((chunk) => chunk.name === RECORDING);
  if (!entry || !recording) throw new Error("the page is not in the parts that its first lines know");
  const named = new Set([entry.fileName, ...entry.imports]);
  return [recording.fileName, ...recording.imports]
    .filter((name) => !named.has(name))
    .map((name) => `./${name}`);
}

async function inOnePiece(files: string[]): Promise<string> {
  const built = await build({
    configFile: false,
    publicDir: false,
    logLevel: "warn",
    define: { __RECORDING_FILES__: JSON.stringify(files) },
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
