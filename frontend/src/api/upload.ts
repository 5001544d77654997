import { apiUrl } from "./base";
import { ApiError, problemFrom } from "./problem";
import type { Recording } from "./types";

export interface UploadProgress {
  sentBytes: number;
  totalBytes: number;
}

/** XMLHttpRequest, because fetch cannot report how much of a request's body has been sent. */
export function uploadFile(
  file: File,
  signal: AbortSignal,
  onProgress: (progress: UploadProgress) => void,
): Promise<Recording> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = () => request.abort();
    request.open("POST", apiUrl("upload_audio"));
    request.responseType = "json";
    request.upload.onprogress = (event) =>
      onProgress({ sentBytes: Math.min(event.loaded, file.size), totalBytes: file.size });
    request.onload = () => {
      signal.removeEventListener("abort", abort);
      if (request.status === 201) resolve(request.response as Recording);
      else reject(new ApiError(problemFrom(request.response, request.status), request.status));
    };
    request.onerror = () => {
      signal.removeEventListener("abort", abort);
      reject(new ApiError(problemFrom(null, 0), 0));
    };
    request.onabort = () => reject(new DOMException("The upload was cancelled.", "AbortError"));
    signal.addEventListener("abort", abort, { once: true });
    const form = new FormData();
    form.append("file", file, file.name);
    request.send(form);
  });
}
