import { words } from "../i18n/language";
import { locale } from "../i18n/locale";

const formats = new Map<string, Intl.NumberFormat>();

/** `digits` behind the sign that the language puts between whole and part. Formats are dear to make, so each is kept. */
function decimal(value: number, digits: number): string {
  const key = `${locale()} ${digits}`;
  let format = formats.get(key);
  if (!format) {
    const options = { minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: false };
    format = new Intl.NumberFormat(locale(), options);
    formats.set(key, format);
  }
  return format.format(value);
}

function clockParts(seconds: number): { h: number; m: number; s: number } {
  const whole = Math.max(0, Math.floor(seconds));
  return { h: Math.floor(whole / 3600), m: Math.floor((whole % 3600) / 60), s: whole % 60 };
}

/** `7:36`, `1:02:05`: whole seconds, rounded down as a clock does. */
export function formatClock(seconds: number): string {
  const { h, m, s } = clockParts(seconds + 1e-6);
  const ss = String(s).padStart(2, "0");
  return h > 0 ? `${h}:${String(m).padStart(2, "0")}:${ss}` : `${m}:${ss}`;
}

/** `3:41.2`: a clock with tenths, rounded to the nearest tenth. */
export function formatClockTenths(seconds: number): string {
  return clockWith(seconds, 1);
}

/** `3:41.25`: a clock with hundredths, for views of a few frames. */
export function formatClockHundredths(seconds: number): string {
  return clockWith(seconds, 2);
}

function clockWith(seconds: number, digits: number): string {
  const unit = 10 ** digits;
  const parts = Math.max(0, Math.round(seconds * unit));
  // Of `0.2` only what follows the zero.
  return formatClock(Math.floor(parts / unit)) + decimal((parts % unit) / unit, digits).slice(1);
}

/** `0.8 s`, `14 s`, `1 min 20 s`, `2 h 5 min`: a length in words. */
export function formatLength(seconds: number): string {
  const tenths = Math.round(Math.max(0, seconds) * 10) / 10;
  if (tenths < 10) return `${decimal(tenths, 1)} s`;
  const { h, m, s } = clockParts(Math.round(seconds));
  if (h > 0) return m > 0 ? `${h} h ${m} min` : `${h} h`;
  if (m > 0) return s > 0 ? `${m} min ${s} s` : `${m} min`;
  return `${s} s`;
}

/** `1.2`, `3.25`: at most `digits` behind the point, and none that say nothing. */
export function formatNumber(value: number, digits: number): string {
  return decimal(value, digits)
    .replace(/(?<=[.,]\d*)0+$/, "")
    .replace(/[.,]$/, "");
}

/** `412 kB`, `3.4 MB`: decimal units, as file managers show them. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ["kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = -1;
  do {
    value /= 1000;
    unit += 1;
  } while (value >= 999.5 && unit < units.length - 1);
  return `${decimal(value, value < 10 ? 1 : 0)} ${units[unit]}`;
}

export function formatScore(score: number): string {
  return decimal(score, 2);
}

/** `37 %`, `0.4 %`, `0 %`: a share of 0 to 1; what is there is never rounded away. */
export function formatPercent(share: number): string {
  const percent = share * 100;
  if (percent === 0) return "0 %";
  if (percent < 0.1) return `< ${decimal(0.1, 1)} %`;
  return `${decimal(percent, percent < 9.95 ? 1 : 0)} %`;
}

/** `just now`, `5 minutes ago`, then the date: how long ago something was made. */
export function formatAgo(iso: string, now: Date): string {
  const then = new Date(iso);
  const minutes = Math.floor((now.getTime() - then.getTime()) / 60000);
  if (minutes < 1) return words().common.justNow;
  const ago = new Intl.RelativeTimeFormat(locale(), { numeric: "always" });
  if (minutes < 60) return ago.format(-minutes, "minute");
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return ago.format(-hours, "hour");
  return then.toLocaleDateString(locale(), { day: "numeric", month: "short", year: "numeric" });
}
