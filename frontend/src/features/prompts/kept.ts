/** Reads and writes values that stay in this browser, each with the version of its shape. */
export interface Kept<T> {
  read: () => T;
  /** Whether something was there that could not be read, and was set aside. */
  readonly wasUnread: boolean;
  /** False where the browser has no room, or lets pages keep nothing. */
  write: (value: T) => boolean;
}

/**
 * A value under `key`. `parse` is given what was kept as this version and returns null for what it does not
 * understand; then `otherwise` counts, and the bytes stay where they are until the next write, under a name of their own.
 */
export function kept<T>(
  key: string,
  version: number,
  parse: (value: unknown) => T | null,
  otherwise: T,
): Kept<T> {
  let wasUnread = false;
  return {
    get wasUnread() {
      return wasUnread;
    },
    read: () => {
      const text = readText(key);
      if (text === null) return otherwise;
      const value = parse(unwrap(text, version));
      if (value !== null) return value;
      wasUnread = true;
      writeText(`${key}.unread`, text);
      return otherwise;
    },
    write: (value) => writeText(key, JSON.stringify({ version, value })),
  };
}

function unwrap(text: string, version: number): unknown {
  try {
    const box: unknown = JSON.parse(text);
    if (typeof box !== "object" || box === null || !("version" in box) || box.version !== version)
      return null;
    return "value" in box ? box.value : null;
  } catch {
    return null;
  }
}

function readText(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function writeText(key: string, text: string): boolean {
  try {
    localStorage.setItem(key, text);
    return true;
  } catch {
    return false;
  }
}
