import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { Server } from "./server";

/** One server for all tests; the returned function ends it. */
export default async function start(): Promise<() => Promise<void>> {
  if (!existsSync(resolve(__dirname, "../../frontend/dist/index.html"))) {
    throw new Error("The page is not built: run `npm run build` in frontend/ first");
  }
  const server = new Server();
  await server.start();
  process.env.SONOTAG_URL = server.url;
  return () => server.remove();
}
