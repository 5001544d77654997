import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";

const WORKER = "worker.js";
const PAGE = "index";
const PARTS = "design";
/** Files of public/ that the page shows. */
const ALSO = ["icon.svg", "manifest.webmanifest"];

/** Builds the worker beside the page and tells it the page's files, named by their own hashes. */
export function shellWorker(): Plugin {
  return {
    name: "sonotag-shell-worker",
    apply: "build",
    enforce: "post",
    buildStart() {
      this.emitFile({
        type: "chunk",
        id: fileURLToPath(new URL("worker.ts", import.meta.url)),
        fileName: WORKER,
      });
    },
    generateBundle(_, bundle) {
      const worker = bundle[WORKER];
      const page = bundle["index.html"];
      if (worker?.type !== "chunk" || page?.type !== "asset") throw new Error("no page, or no worker for it");
      // All that the page may load; the page of the parts is not kept.
      const entry = Object.values(bundle).find(
        (file) => file.type === "chunk" && file.name === PAGE && file.isEntry,
      );
      const scripts = new Set<string>();
      const follow = (name: string) => {
        const file = bundle[name];
        if (file?.type !== "chunk" || scripts.has(name)) return;
        scripts.add(name);
        [...file.imports, ...file.dynamicImports].forEach(follow);
      };
      follow(entry?.fileName ?? "");
      if (scripts.size === 0) throw new Error("the page has no script");
      const files = Object.values(bundle)
        .map(({ fileName }) => fileName)
        .filter((name) => scripts.has(name) || (/\.(css|woff2)$/.test(name) && !name.includes(PARTS)))
        .sort();
      const hash = createHash("sha256").update(page.source);
      for (const file of files) hash.update(`${file}\n`);
      const shell = { version: hash.digest("hex").slice(0, 12), files: [...ALSO, ...files] };
      if (!worker.code.includes("__SHELL__")) throw new Error("the worker has no place for the page's files");
      worker.code = worker.code.replace("__SHELL__", () => JSON.stringify(shell));
    },
  };
}
