import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "./server";

const START_MS = 90_000;
const STOP_MS = 20_000;

interface Place {
  address: string;
  /** Links that work on it, by what is the matter with them. */
  links: Record<string, string>;
}

/** A real server whose internet is the rig: stand-ins for YouTube and SoundCloud on loopback, read by the real yt-dlp. */
export class RigServer {
  private child: ChildProcess | null = null;
  private place: Place = { address: "", links: {} };
  private readonly dataDir = mkdtempSync(join(tmpdir(), "sonotag-rig-"));

  get url(): string {
    return this.place.address;
  }

  link(name: string): string {
    const link = this.place.links[name];
    if (link === undefined) throw new Error(`the rig has no link called ${name}`);
    return link;
  }

  async start(): Promise<void> {
    const child = spawn(join(ROOT, ".venv/bin/python"), ["-m", "tests.links.rig.serve", "--port", "0"], {
      cwd: ROOT,
      env: { ...process.env, SONOTAG_DATA_DIR: this.dataDir },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.child = child;
    let said = "";
    let complaints = "";
    child.stderr?.on("data", (chunk: Buffer) => {
      complaints += chunk.toString();
    });
    this.place = await new Promise<Place>((ready, fail) => {
      const late = setTimeout(
        () => fail(new Error(`The rig said nothing for long:\n${complaints}`)),
        START_MS,
      );
      child.stdout?.on("data", (chunk: Buffer) => {
        said += chunk.toString();
        const end = said.indexOf("\n");
        if (end < 0) return;
        clearTimeout(late);
        ready(JSON.parse(said.slice(0, end)) as Place);
      });
      child.once("exit", (code) => fail(new Error(`The rig ended with ${code}:\n${complaints}`)));
    });
    await this.untilReady();
  }

  async recordings(): Promise<Array<{ id: string; title: string; state: string; arriving: boolean }>> {
    const answer = await fetch(`${this.url}/api/recordings`);
    return ((await answer.json()) as { recordings: [] }).recordings;
  }

  async recording(id: string): Promise<{ state: string; arriving: boolean; windows_done: number }> {
    return (await fetch(`${this.url}/api/recordings/${id}`)).json();
  }

  async remove(): Promise<void> {
    const child = this.child;
    if (child && child.exitCode === null && child.signalCode === null) {
      const ended = new Promise<void>((resolveEnd) => child.once("exit", () => resolveEnd()));
      child.kill("SIGTERM");
      const impatient = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
      await ended;
      clearTimeout(impatient);
    }
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  private async untilReady(): Promise<void> {
    const deadline = Date.now() + START_MS;
    while (Date.now() < deadline) {
      const answer = await fetch(`${this.url}/readyz`).catch(() => null);
      if (answer?.ok) return;
      await new Promise((later) => setTimeout(later, 100));
    }
    throw new Error("The rig's server did not become ready");
  }
}
