import { kept } from "../prompts/kept";

type Hidden = ReadonlyArray<readonly [recordingId: string, keys: readonly string[]]>;

/** Of so many recordings, those that something was hidden of last. */
const MOST_RECORDINGS = 50;
const MOST_KEYS = 2000;

const isText = (value: unknown): value is string => typeof value === "string";

function readHidden(value: unknown): Hidden | null {
  if (!Array.isArray(value)) return null;
  return value.filter(
    (entry): entry is Hidden[number] =>
      Array.isArray(entry) && isText(entry[0]) && Array.isArray(entry[1]) && entry[1].every(isText),
  );
}

const box = kept<Hidden>("sonotag.hidden", 1, readHidden, []);

/** Keys of the moments of a recording that this browser's list leaves out. */
export function hiddenOf(recordingId: string): ReadonlySet<string> {
  return new Set(box.read().find(([id]) => id === recordingId)?.[1]);
}

/** Without room for it the list is as it was after a reload, which loses nothing that anybody said. */
export function keepHidden(recordingId: string, keys: ReadonlySet<string>): void {
  const others = box.read().filter(([id]) => id !== recordingId);
  const own: Hidden = keys.size === 0 ? [] : [[recordingId, [...keys].slice(-MOST_KEYS)]];
  box.write([...others, ...own].slice(-MOST_RECORDINGS));
}
