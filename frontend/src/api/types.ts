import type { components } from "./schema";

type Schemas = components["schemas"];

export type Recording = Schemas["Recording"];
export type RecordingState = Recording["state"];
export type PromptInfo = Schemas["PromptInfo"];
/** Its scores are NaN, as in the matrix, where the model has none. */
export type Detection = Omit<Schemas["Detection"], "peak" | "mean"> & { peak: number; mean: number };
export type Detections = Omit<Schemas["Detections"], "detections"> & { detections: Detection[] };
export type Verdict = Schemas["Verdict"];
export type VerdictKind = Verdict["kind"];
export type PromptStatistics = Schemas["PromptStatistics"];
export type Statistics = Schemas["Statistics"];
export type Preset = Schemas["Preset"];
export type ModelInfo = Schemas["Model"];
export type ModelOverview = Schemas["ModelOverview"];
export type LinkInfo = Schemas["LinkInfo"];
export type LinkPreview = Schemas["LinkPreview"];
export type Chapter = Schemas["Chapter"];
export type Peaks = Schemas["Peaks"];
export type System = Schemas["System"];
export type SpectrogramInfo = Schemas["SpectrogramInfo"];
export type ErrorBody = Schemas["Problem"];
export type AccessState = Schemas["AccessState"];
export type RecordingAccess = Schemas["RecordingAccess"];
export type Share = Schemas["Share"];
export type NewShare = Schemas["NewShare"];

export type SnapshotEvent = Schemas["SnapshotMessage"];
export type WindowEvent = Schemas["WindowMessage"];
export type ProgressEvent = Schemas["ProgressMessage"];
/** Everything the server says on a recording's stream. */
export type RecordingMessage =
  | SnapshotEvent
  | WindowEvent
  | ProgressEvent
  | Schemas["StateMessage"]
  | Schemas["ModelMessage"]
  | Schemas["RecordingMessage"]
  | Schemas["ErrorMessage"]
  | Schemas["RejectedMessage"];
