import { words } from "../../i18n/language";
import { formatClock, formatClockTenths } from "../../lib/format";

const CLOCK = /^(?:(?:(\d{1,3}):)?(\d{1,4}):)?(\d{1,6}(?:[.,]\d{1,3})?)$/;
const UNITS = /^(?:(\d{1,3})\s*h)?\s*(?:(\d{1,4})\s*m(?:in)?)?\s*(?:(\d{1,6}(?:[.,]\d{1,3})?)\s*s?)?$/i;

const number = (text: string | undefined) => (text === undefined ? 0 : Number(text.replace(",", ".")));

/** Seconds of `750`, `12:30`, `1:02:03`, `1h2m`, `90s`; null for what is no time. */
export function parseTime(text: string): number | null {
  const trimmed = text.trim();
  if (trimmed === "") return null;
  const found = CLOCK.exec(trimmed) ?? UNITS.exec(trimmed);
  if (!found) return null;
  const [, hours, minutes, seconds] = found;
  // In a clock only its first part may be 60 or more: 12:75 is a slip, 75:12 is not.
  if (trimmed.includes(":") && number(seconds) >= 60) return null;
  if (trimmed.includes(":") && hours !== undefined && number(minutes) >= 60) return null;
  return number(hours) * 3600 + number(minutes) * 60 + number(seconds);
}

/** As somebody would type it; `parseTime` reads it back. */
export function writeTime(seconds: number): string {
  return Number.isInteger(seconds) ? formatClock(seconds) : formatClockTenths(seconds);
}

export interface Stretch {
  startS: number | null;
  endS: number | null;
}

/** The stretch that two fields ask for, empty ones meaning the very start and the very end; or what is wrong. */
export function readStretch(start: string, end: string): Stretch | string {
  const startS = start.trim() === "" ? null : parseTime(start);
  const endS = end.trim() === "" ? null : parseTime(end);
  const unread = [start, end].find((text) => text.trim() !== "" && parseTime(text) === null);
  if (unread !== undefined) return words().source.notATime(unread.trim());
  if (endS !== null && endS <= (startS ?? 0)) return words().source.endAfterStart;
  return { startS: startS === 0 ? null : startS, endS };
}
