import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";

const WORKER = "worker.js";
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
      const files = Object.values(bundle)
        // What is only loaded when asked for is not kept beforehand.
        .filter((file) => file !== worker && file !== page && !(file.type === "chunk" && file.isDynamicEntry))
        .map(({ fileName }) => fileName)
        .sort();
      const hash = createHash("sha256").update(page.source);
      for (const file of files) hash.update(`${file}\n`);
      const shell = { version: hash.digest("hex").slice(0, 12), files: [...ALSO, ...files] };
      if (!worker.code.includes("__SHELL__")) throw new Error("the worker has no place for the page's files");
      worker.code = worker.code.replace("__SHELL__", () => JSON.stringify(shell));
    },
  };
}
