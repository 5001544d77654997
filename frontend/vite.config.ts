import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { earlyScript } from "./worker/early-plugin.ts";
import { firstPaint } from "./worker/first-paint-plugin.ts";
import { packed } from "./worker/pack-plugin.ts";
import { shellWorker } from "./worker/vite-plugin.ts";

const backend = process.env.SONOTAG_BACKEND ?? "http://127.0.0.1:8000";

export default defineConfig({
  // Relative, so that the page also works behind a proxy that serves it under a path prefix.
  base: "./",
  plugins: [react(), firstPaint(), earlyScript(), shellWorker(), packed()],
  server: {
    host: "127.0.0.1",
    proxy: {
      "^/(api|upload_audio|download_youtube|analyze|healthz|readyz)": { target: backend },
      "/ws": { target: backend, ws: true },
    },
  },
  build: {
    target: "es2022",
    sourcemap: false,
    reportCompressedSize: true,
    rolldownOptions: {
      input: { index: "index.html", design: "design/index.html" },
      output: {
        // What several parts need is one file: for each handful of lines a file of its own would cost more than it saves.
        codeSplitting: { groups: [{ name: "shared", minShareCount: 2 }] },
      },
    },
  },
  test: { environment: "node", include: ["src/**/*.test.ts"] },
});
