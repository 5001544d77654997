import { pluralIn } from "../plural";

const plural = pluralIn("en");

/** Clocks, lengths, scores and shares come written as the language writes them. */
export const detections = {
  moments: "Moments",
  statistics: "Statistics",
  momentsOrStatistics: "Moments or statistics",
  above: (score: string) => `above ${score}`,
  leastScore: "Score a moment must reach",
  typeASound: "Type a sound to look for, and its moments are listed here.",
  noneReaches: (score: string) => `No prompt reaches ${score}. Lower the score, or try other words.`,
  nothingYet: "Nothing yet.",

  groupByPrompt: "Group by prompt",
  filter: "Filter",
  filterOn: "Filter, on",
  prompt: "Prompt",
  verdict: "Verdict",
  all: "All",
  verdicts: {
    open: "Not judged yet",
    accepted: "Accepted",
    rejected: "Rejected",
    adjusted: "Adjusted",
    added: "Added by hand",
  },
  peak: "Peak",
  /** In a narrow column. */
  peakColumn: "Peak",
  orMore: (score: string) => `${score} or more`,
  any: "any",
  showAll: "Show all",

  someShown: (shown: number, all: number) => `${shown} of ${all} shown`,
  showHidden: (count: number) => `Show ${count} hidden`,
  verdictsWait: (count: number) =>
    plural(count, { one: "# verdict waits for the server", other: "# verdicts wait for the server" }),

  /** What was said of a moment, after its name. */
  said: { accepted: "accepted", rejected: "rejected", adjusted: "adjusted", added: "added by hand" },
  until: (time: string) => `to ${time}`,
  peakOf: (score: string) => `peak ${score}`,
  noScore: "no score",
  play: "Play",
  playThis: "Play this moment",
  enterKey: "enter",
  hide: "Hide",
  hideKey: "Hide (delete)",
  accept: "Accept",
  reject: "Reject",
  remove: "Remove",
  asFound: "As found",
  beginningOf: (prompt: string) => `Beginning of ${prompt}`,
  endOf: (prompt: string) => `End of ${prompt}`,

  export: "Export",
  formats: {
    csv: { title: "CSV", note: "for a spreadsheet" },
    json: { title: "JSON", note: "for a program" },
    audacity: { title: "Audacity labels", note: "for the label track" },
  },
  withoutRejected: (count: number) =>
    plural(count, { one: "Without # rejected moment", other: "Without # rejected moments" }),
  fileName: "moments",

  selection: "Selection",
  statisticsOfSelection: "Statistics of the selection",
  zoomToIt: "Zoom to it",
  clearSelection: "Clear the selection",
  sharesAtMost: ", shares at most",
  addAs: "Add as",
  time: "Time",
  timeMeans: "Share of the time at or above the threshold",
  mean: "Mean",
  count: "Count",
  countMeans: "Moments that touch the selection",

  counting: "Counting",
  statisticsOfPrompts: "Statistics of the prompts",
  barsShow: "Bars show how often a score came, from 0 to 1; their height is logarithmic.",
  goToPeak: (score: string, time: string) => `${score}, go to it at ${time}`,
  noSuchSound: "The model has no such sound.",
  spread: (median: string, p90: string) => `half at or below ${median}, nine tenths ${p90}`,
  lengths: (all: string, longest: string) => `${all} in all, longest ${longest}`,
  thenAt: "then at",
  scoreOf: (score: string) => `score ${score}`,

  why: "Why, why not",
  goThere: "Go there",
  closeWhy: "Close the inspector",
  scoresAround: (length: string) => `Scores for ${length} before and after`,
  score: "Score",
  threshold: "Threshold",
  ownThreshold: "Threshold of this row",
  release: "Release",
  strongestOther: "Strongest other",
  heardAs: "Heard as",

  counted: "Counted.",
  notCounted: "Not counted.",
  muted: "Muted.",
  dropped: "Dropped.",
  notCovered: "Not covered.",
  notHeardYet: "Not heard yet.",
  rejectedByHand: "Rejected by hand.",
  acceptedFrom: (from: string, to: string) => `Accepted by hand, from ${from} to ${to}.`,
  adjustedFrom: (from: string, to: string) => `Its edges were set by hand, from ${from} to ${to}.`,
  addedFrom: (from: string, to: string) => `Added by hand, from ${from} to ${to}.`,
  modelHasNone: "This model has no such sound.",
  reaches: (threshold: string) => `It reaches the threshold of ${threshold}`,
  stays: (release: string) => `It stays above the release of ${release} after the threshold was reached`,
  inGap: (length: string) => `It lies in a gap shorter than ${length}, which is closed`,
  inMoment: (reason: string, from: string, to: string) => `${reason}, in the moment from ${from} to ${to}.`,
  rising: (onset: string) =>
    `It is above the release, but the moment begins at ${onset}, where the threshold is reached.`,
  below: (threshold: string, peak: string) =>
    `It is above the release, but this stretch never reaches ${threshold}: its highest score is ${peak}.`,
  quiet: (release: string) => `The score is below the release of ${release}.`,
  short: (length: string, least: string) =>
    `It reaches the threshold, but lasts ${length}; a moment lasts at least ${least}.`,
};
