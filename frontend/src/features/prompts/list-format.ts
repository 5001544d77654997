import { words } from "../../i18n/language";
import type { RowSettings } from "../session/session-state";
import { ROW_COLOURS } from "./row-colours";
import { tidyPrompt } from "./wordings";

/** One row of a list: its words, and what was set for it. */
export interface ListRow extends RowSettings {
  prompt: string;
}

/** A list of the reader's own. */
export interface OwnList {
  name: string;
  rows: ListRow[];
}

export const FILE_FORMAT = "sonotag-lists";
export const FILE_VERSION = 1;
export const MOST_LISTS = 100;
export const MOST_ROWS = 200;
export const LONGEST_NAME = 60;
const LONGEST_PROMPT = 200;

export function tidyName(name: string): string {
  return name.replace(/\s+/g, " ").trim().slice(0, LONGEST_NAME);
}

/** Lists as they came from a file or were kept by the browser; null where that is something else. */
export function readLists(value: unknown): OwnList[] | null {
  if (!Array.isArray(value) || value.length > MOST_LISTS) return null;
  const lists = value.map(readList);
  return lists.every((list) => list !== null) ? lists : null;
}

export function readList(value: unknown): OwnList | null {
  if (!isRecord(value) || typeof value.name !== "string" || !Array.isArray(value.rows)) return null;
  const name = tidyName(value.name);
  const rows = value.rows.map(readRow);
  if (name === "" || rows.length === 0 || rows.length > MOST_ROWS) return null;
  if (!rows.every((row) => row !== null)) return null;
  return { name, rows: unique(rows) };
}

function readRow(value: unknown): ListRow | null {
  if (!isRecord(value) || typeof value.prompt !== "string") return null;
  const prompt = tidyPrompt(value.prompt.replaceAll(";", " "));
  if (prompt === "" || prompt.length > LONGEST_PROMPT) return null;
  const row: ListRow = { prompt };
  const { threshold, muted, colour } = value;
  if (threshold !== undefined) {
    if (typeof threshold !== "number" || !(threshold > 0 && threshold < 1)) return null;
    row.threshold = threshold;
  }
  if (colour !== undefined) {
    if (!Number.isInteger(colour) || Number(colour) < 1 || Number(colour) > ROW_COLOURS.length) return null;
    row.colour = Number(colour);
  }
  if (muted === true) row.muted = true;
  return row;
}

function unique(rows: readonly ListRow[]): ListRow[] {
  return [...new Map(rows.map((row) => [row.prompt.toLowerCase(), row])).values()];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The file that lists are taken along in. */
export function writeFile(lists: readonly OwnList[]): string {
  return `${JSON.stringify({ format: FILE_FORMAT, version: FILE_VERSION, lists }, null, 2)}\n`;
}

/** The lists of such a file. Throws an Error whose message is for the reader. */
export function readFile(text: string): OwnList[] {
  const said = words().prompts.lists;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error(said.fileNotJson);
  }
  if (!isRecord(value) || value.format !== FILE_FORMAT) throw new Error(said.fileOther);
  if (value.version !== FILE_VERSION) throw new Error(said.fileNewer);
  const lists = readLists(value.lists);
  if (lists === null || lists.length === 0) throw new Error(said.fileBroken);
  return lists;
}

/** `Kitchen`, `Kitchen 2`, …: a name that none of the lists has. */
export function freeName(name: string, lists: readonly OwnList[]): string {
  const taken = new Set(lists.map((list) => list.name.toLowerCase()));
  if (!taken.has(name.toLowerCase())) return name;
  for (let number = 2; ; number += 1) {
    const other = `${name.slice(0, LONGEST_NAME - 4)} ${number}`;
    if (!taken.has(other.toLowerCase())) return other;
  }
}
