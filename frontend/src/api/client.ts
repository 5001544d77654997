import createClient from "openapi-fetch";
import { apiUrl } from "./base";
import { takeEarlyAnswer } from "./early";
import { ApiError, problemFrom } from "./problem";
import type { components, paths } from "./schema";
import type {
  Detections,
  LinkPreview,
  ModelOverview,
  Peaks,
  Preset,
  PromptInfo,
  Recording,
  SpectrogramInfo,
  Statistics,
  System,
  Verdict,
} from "./types";

/** A model by its name, or the one that a new analysis would use. */
export type ModelChoice = "auto" | "builtin" | "flam";

export const client = createClient<paths>({
  baseUrl: apiUrl("").href,
  fetch: (request) => takeEarlyAnswer(request) ?? fetch(request),
});

// A closed server tells the guest of a share link what the page needs to show its recording.
client.use({
  onRequest({ request }) {
    const token = /^#\/r\/(s-[\w-]+)/.exec(location.hash)?.[1];
    if (token) request.headers.set("X-Share", token);
    return request;
  },
});

/** Rung ("needed") when the server refuses something until somebody signs in. */
export const signInNeeded = new EventTarget();

export async function unwrap<T>(
  call: Promise<{ data?: T | undefined; error?: unknown; response: Response }>,
): Promise<T> {
  const { data, error, response } = await call;
  if (!response.ok) {
    const problem = problemFrom(error, response.status);
    if (problem.code === "sign_in_needed") signInNeeded.dispatchEvent(new Event("needed"));
    throw new ApiError(problem, response.status);
  }
  return data as T;
}

export const at = (id: string) => ({ recording_id: id });

export function getSystem(): Promise<System> {
  return unwrap(client.GET("/api/system"));
}

export function addSample(): Promise<Recording> {
  return unwrap(client.POST("/api/sample"));
}

/** What a link names; its site is not asked. */
export function readLink(url: string, signal: AbortSignal): Promise<LinkPreview> {
  return unwrap(client.POST("/api/link", { body: { url }, signal }));
}

/** Begins to fetch a link, or the stretch of it between two times; the recording is there at once. */
export function addLink(url: string, startS: number | null, endS: number | null): Promise<Recording> {
  return unwrap(client.POST("/download_youtube", { body: { url, start_s: startS, end_s: endS } }));
}

/** Without prompts the server falls back to its general list. */
export function startAnalysis(id: string, prompts: readonly string[] | null): Promise<unknown> {
  const body = prompts === null ? { recording_id: id } : { recording_id: id, prompts: [...prompts] };
  return unwrap(client.POST("/analyze", { body }));
}

export function cancelAnalysis(id: string): Promise<Recording> {
  return unwrap(client.POST("/api/recordings/{recording_id}/cancel", { params: { path: at(id) } }));
}

export async function listRecordings(limit: number): Promise<Recording[]> {
  const page = await unwrap(client.GET("/api/recordings", { params: { query: { limit } } }));
  return page.recordings;
}

export function getRecording(id: string): Promise<Recording> {
  return unwrap(client.GET("/api/recordings/{recording_id}", { params: { path: at(id) } }));
}

/** Keeps the recording whatever its age, or lets it go with the others. */
export function pinRecording(id: string, pinned: boolean): Promise<Recording> {
  return unwrap(
    client.PATCH("/api/recordings/{recording_id}", { params: { path: at(id) }, body: { pinned } }),
  );
}

export async function deleteRecording(id: string): Promise<void> {
  await unwrap(client.DELETE("/api/recordings/{recording_id}", { params: { path: at(id) } }));
}

/** Lists of prompts to begin with, and which of them a model covers. */
export async function listPresets(model: ModelChoice): Promise<Preset[]> {
  return (await unwrap(client.GET("/api/presets", { params: { query: { model } } }))).presets;
}

/** What a model makes of prompts. */
export async function readPrompts(
  prompts: readonly string[],
  model: ModelChoice,
  signal: AbortSignal,
): Promise<PromptInfo[]> {
  const params = { query: { prompts: [...prompts], model } };
  return (await unwrap(client.GET("/api/prompts", { params, signal }))).prompts;
}

export function getModels(): Promise<ModelOverview> {
  return unwrap(client.GET("/api/model"));
}

/** To be called when the reader has accepted the model's terms, and then only. */
export function downloadModel(name: string): Promise<ModelOverview> {
  return unwrap(client.POST("/api/model/download", { body: { name, accept_terms: true } }));
}

export function cancelModelDownload(): Promise<ModelOverview> {
  return unwrap(client.DELETE("/api/model/download"));
}

export interface Span {
  fromS: number;
  toS: number;
  maxColumns: number;
}

const spanQuery = (span: Span) => ({ from_s: span.fromS, to_s: span.toS, max_columns: span.maxColumns });

export function getPeaks(id: string, span: Span, signal: AbortSignal): Promise<Peaks> {
  const params = { path: at(id), query: spanQuery(span) };
  return unwrap(client.GET("/api/recordings/{recording_id}/peaks", { params, signal }));
}

export interface ScoreColumns {
  model_version: string | null;
  start_s: number;
  end_s: number;
  seconds_per_column: number;
  prompts: PromptInfo[];
  scores: Array<number[] | null>;
}

export function getScores(
  id: string,
  prompts: readonly string[],
  span: Span,
  signal: AbortSignal,
): Promise<ScoreColumns> {
  const params = { path: at(id), query: { prompts: [...prompts], ...spanQuery(span) } };
  return unwrap(client.GET("/api/recordings/{recording_id}/scores", { params, signal }));
}

/** What people said of the recording's moments. */
export async function listVerdicts(id: string, signal: AbortSignal): Promise<Verdict[]> {
  const params = { path: at(id) };
  return (await unwrap(client.GET("/api/recordings/{recording_id}/verdicts", { params, signal }))).verdicts;
}

/** It is on the server's disk when this is answered; to send it again changes nothing. */
export function putVerdict(id: string, verdict: Verdict): Promise<Verdict> {
  const { id: verdict_id, updated_at: _, ...body } = verdict;
  const params = { path: { ...at(id), verdict_id } };
  return unwrap(client.PUT("/api/recordings/{recording_id}/verdicts/{verdict_id}", { params, body }));
}

export async function deleteVerdict(id: string, verdictId: string): Promise<void> {
  const params = { path: { ...at(id), verdict_id: verdictId } };
  await unwrap(client.DELETE("/api/recordings/{recording_id}/verdicts/{verdict_id}", { params }));
}

/** What each prompt does over the whole recording; verdicts count. */
export function getStatistics(
  id: string,
  prompts: readonly string[],
  thresholds: readonly number[],
  signal: AbortSignal,
): Promise<Statistics> {
  const params = { path: at(id), query: { prompts: [...prompts], thresholds: [...thresholds] } };
  return unwrap(client.GET("/api/recordings/{recording_id}/statistics", { params, signal }));
}

export async function getDetections(
  id: string,
  prompts: readonly string[],
  /** One for each prompt. */
  thresholds: readonly number[],
  signal: AbortSignal,
): Promise<Detections> {
  const params = { path: at(id), query: { prompts: [...prompts], thresholds: [...thresholds] } };
  // The same address also answers in CSV and labels, which the types of the client cannot tell apart.
  const answer = await unwrap(client.GET("/api/recordings/{recording_id}/detections", { params, signal }));
  const told = answer as components["schemas"]["Detections"];
  const known = (score: number | null) => score ?? Number.NaN;
  const detections = told.detections.map((one) => ({ ...one, peak: known(one.peak), mean: known(one.mean) }));
  return { ...told, detections };
}

export function getSpectrogramInfo(id: string, signal: AbortSignal): Promise<SpectrogramInfo> {
  return unwrap(
    client.GET("/api/recordings/{recording_id}/spectrogram", { params: { path: at(id) }, signal }),
  );
}

/** One tile of levels, column after column, low band first. Bytes, so it bypasses the JSON client. */
export async function getSpectrogramTile(
  id: string,
  level: number,
  tile: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const url = apiUrl(`api/recordings/${encodeURIComponent(id)}/spectrogram/${level}/${tile}`);
  const response = await fetch(url, { signal });
  if (!response.ok) {
    const body: unknown = await response.json().catch(() => null);
    throw new ApiError(problemFrom(body, response.status), response.status);
  }
  return new Uint8Array(await response.arrayBuffer());
}
