import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createStore } from "zustand/vanilla";
import { getDetections } from "../../api/client";
import type { Detections } from "../../api/types";
import { DisposableScope } from "../../lib/disposable-scope";
import { MomentsFeed } from "./moments-feed";
import { INITIAL_SESSION, type SessionState } from "./session-state";

vi.mock("../../api/client", () => ({ getDetections: vi.fn() }));

const ANSWER_MS = 3000;
const answer = {
  detections: [],
  rule: { threshold: 0.5, release: 0.35, merge_gap_s: 0.4, min_length_s: 0.2 },
} as unknown as Detections;

function slowServer(): void {
  vi.mocked(getDetections).mockImplementation((_id, _prompts, _thresholds, signal) => {
    return new Promise((come, fail) => {
      const timer = setTimeout(() => come(answer), ANSWER_MS);
      signal.addEventListener("abort", () => {
        clearTimeout(timer);
        fail(new DOMException("aborted", "AbortError"));
      });
    });
  });
}

function feedOf(found: () => void): { feed: MomentsFeed; scope: DisposableScope } {
  const state = {
    ...INITIAL_SESSION,
    prompts: ["rain"],
    infos: { rain: { prompt: "rain", covered: true } },
    recording: { analyzed_s: 10 },
  } as unknown as SessionState;
  const scope = new DisposableScope();
  const alive = new AbortController();
  return {
    feed: new MomentsFeed(
      "rec",
      createStore(() => state),
      () => alive.signal,
      scope,
      found,
    ),
    scope,
  };
}

describe("the feed of moments", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    slowServer();
  });
  afterEach(() => vi.useRealTimers());

  it("has answers while scores keep coming, from a server that takes longer than the time between two questions", async () => {
    const found = vi.fn();
    const { feed, scope } = feedOf(found);
    for (let ms = 0; ms < 20_000; ms += 100) {
      feed.follow();
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(found.mock.calls.length).toBeGreaterThanOrEqual(4);
    scope.dispose();
  });

  it("does not wait for an answer that the reader has made stale", async () => {
    const found = vi.fn();
    const { feed, scope } = feedOf(found);
    feed.follow();
    await vi.advanceTimersByTimeAsync(1000);
    feed.refresh();
    await vi.advanceTimersByTimeAsync(ANSWER_MS + 200);
    expect(found).toHaveBeenCalledTimes(1);
    scope.dispose();
  });
});
