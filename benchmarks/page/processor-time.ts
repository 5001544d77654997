import type { CDPSession } from "@playwright/test";

interface TraceEvent {
  name: string;
  pid: number;
  tid: number;
  /** Microseconds of processor that a thread took for it. */
  tdur?: number;
  args: { name?: string };
}

/**
 * The processor time of the page's main thread, task by task. On a machine that others load, tasks last longer than
 * they work; this is what they work.
 */
export class ProcessorTime {
  private readonly events: TraceEvent[] = [];
  private readonly startedMs = performance.now();

  private constructor(private readonly devtools: CDPSession) {
    devtools.on("Tracing.dataCollected", ({ value }) =>
      this.events.push(...(value as unknown as TraceEvent[])),
    );
  }

  static async of(devtools: CDPSession): Promise<ProcessorTime> {
    const self = new ProcessorTime(devtools);
    const categories = "disabled-by-default-devtools.timeline,devtools.timeline,__metadata";
    await devtools.send("Tracing.start", { categories, transferMode: "ReportEvents" });
    return self;
  }

  async stop(): Promise<{ longestMs: number; busy: number }> {
    const complete = new Promise((done) => this.devtools.once("Tracing.tracingComplete", done));
    await this.devtools.send("Tracing.end");
    await complete;
    const mains = new Set(
      this.events
        .filter(({ args }) => args?.name === "CrRendererMain")
        .map(({ pid, tid }) => `${pid} ${tid}`),
    );
    const own = this.events.filter(({ pid, tid }) => mains.has(`${pid} ${tid}`));
    const tasks = own.filter(({ name }) => name === "RunTask").map(({ tdur = 0 }) => tdur / 1000);
    const total = tasks.reduce((sum, ms) => sum + ms, 0);
    return { longestMs: Math.max(...tasks), busy: total / (performance.now() - this.startedMs) };
  }
}
