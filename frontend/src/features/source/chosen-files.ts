import type { SendingFile } from "../../api/upload";
import { locale } from "../../i18n/locale";

/** What a file chooser offers by itself: all audio and video, and what systems do not know as such. */
export const ACCEPTED = "audio/*,video/*,.flac,.opus,.mka,.caf,.amr,.wv,.aiff";

const KINDS = /^(audio|video)\//;
const ENDINGS =
  /\.(wav|wave|w64|mp3|mp2|flac|ogg|oga|opus|m4a|m4b|mp4|m4v|mov|mkv|mka|webm|aac|aif|aiff|aifc|caf|avi|asf|wma|wmv|flv|ts|m2ts|mpg|mpeg|amr|wv|3gp)$/i;

/** Of folders only what looks like a recording is sent: they also hold pictures, notes and hidden files. */
export function looksLikeRecording(file: { name: string; type: string }): boolean {
  return !file.name.startsWith(".") && (KINDS.test(file.type) || ENDINGS.test(file.name));
}

export interface Chosen {
  files: SendingFile[];
  /** How many files of folders were left out because they look like no recording. */
  leftOut: number;
}

const byPath = (a: SendingFile, b: SendingFile) =>
  a.path.localeCompare(b.path, locale(), { numeric: true, sensitivity: "base" });

/** Files as a chooser gives them; those of a folder come with their path in it. */
export function filesOfList(list: Iterable<File>): Chosen {
  const all = [...list].map((file) => ({ file, path: file.webkitRelativePath || file.name }));
  const files = all.filter(({ file, path }) => path === file.name || looksLikeRecording(file));
  return { files: files.sort(byPath), leftOut: all.length - files.length };
}

/** Files of a drop, those in folders included. To be called while the event is handled: later it is empty. */
export async function filesOfDrop(transfer: DataTransfer): Promise<Chosen> {
  const entries = [...transfer.items]
    .map((item) => item.webkitGetAsEntry())
    .filter((entry) => entry !== null);
  if (entries.length === 0) return filesOfList(transfer.files);
  const found: SendingFile[] = [];
  let leftOut = 0;
  for (const entry of entries) {
    for (const file of await filesBelow(entry, entry.name)) {
      if (entry.isFile || looksLikeRecording(file.file)) found.push(file);
      else leftOut += 1;
    }
  }
  return { files: found.sort(byPath), leftOut };
}

async function filesBelow(entry: FileSystemEntry, path: string): Promise<SendingFile[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    );
    return [{ file, path }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: SendingFile[] = [];
  // A reader gives a folder's entries in portions and ends with an empty one.
  for (;;) {
    const portion = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (portion.length === 0) return found;
    for (const inner of portion) found.push(...(await filesBelow(inner, `${path}/${inner.name}`)));
  }
}
