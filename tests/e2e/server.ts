import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export const ROOT = resolve(__dirname, "../..");
const START_MS = 60_000;
const STOP_MS = 15_000;

/** The real server in a process of its own, on loopback, with a data directory that goes away with it. */
export class Server {
  private process: ChildProcess | null = null;
  private port = 0;
  readonly dataDir = mkdtempSync(join(tmpdir(), "sonotag-e2e-"));

  /** One library for all by default: what a fixture or another browser brought is there for each test. */
  constructor(private settings: Record<string, string> = { SONOTAG_SHARED_LIBRARY: "true" }) {}

  /** For the next start. */
  set(settings: Record<string, string>): void {
    this.settings = { ...this.settings, ...settings };
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Starts, or starts again on the same port with the same data. */
  async start(): Promise<void> {
    const child = spawn(
      join(ROOT, ".venv/bin/sonotag"),
      ["serve", "--host", "127.0.0.1", "--port", String(this.port)],
      {
        env: { ...process.env, ...this.settings, SONOTAG_DATA_DIR: this.dataDir },
        stdio: ["ignore", "ignore", "pipe"],
      },
    );
    this.process = child;
    const log: string[] = [];
    await new Promise<void>((ready, fail) => {
      const late = setTimeout(
        () => fail(new Error(`The server said nothing for long:\n${log.join("")}`)),
        START_MS,
      );
      child.stderr?.on("data", (chunk: Buffer) => {
        log.push(chunk.toString());
        const address = /SonoTag is at http:\/\/[^:]+:(\d+)/.exec(log.join(""));
        if (!address) return;
        this.port = Number(address[1]);
        clearTimeout(late);
        ready();
      });
      child.once("exit", (code) => fail(new Error(`The server ended with ${code}:\n${log.join("")}`)));
    });
    await this.untilReady();
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    const child = this.process;
    this.process = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<void>((resolveEnd) => child.once("exit", () => resolveEnd()));
    child.kill(signal);
    const impatient = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
    await ended;
    clearTimeout(impatient);
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  private async untilReady(): Promise<void> {
    const deadline = Date.now() + START_MS;
    while (Date.now() < deadline) {
      const answer = await fetch(`${this.url}/readyz`).catch(() => null);
      if (answer?.ok) return;
      await new Promise((later) => setTimeout(later, 100));
    }
    throw new Error("The server did not become ready");
  }
}
