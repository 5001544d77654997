import { useState } from "react";
import { inWords } from "../../api/problem";
import { recordingHash } from "../../app/route";
import { useWords } from "../../i18n/language";
import { Icon } from "../../ui/Icon";
import { ProgressBar } from "../../ui/ProgressBar";
import { useCompact } from "../../ui/use-compact";
import { type FileUpload, isUnderWay } from "./file-upload";
import { useUploads } from "./upload-store";
import { leftOutWords, uploadsSummary, uploadWords } from "./upload-words";

/** The files that are on their way, in a corner of whatever page is open. */
export function UploadsTray() {
  const { source } = useWords();
  const uploads = useUploads((state) => state.uploads);
  const leftOut = useUploads((state) => state.leftOut);
  const dismiss = useUploads((state) => state.dismiss);
  // On a small screen the list would hide the map; its heading says enough.
  const compact = useCompact();
  const [open, setOpen] = useState(!compact);
  if (uploads.length === 0 && leftOut === 0) return null;
  const summary = uploads.length > 0 ? uploadsSummary(uploads) : source.nothingToSend;
  return (
    <section className="uploads" aria-label={source.uploads}>
      <header className="uploads-head">
        <button type="button" className="uploads-title" aria-expanded={open} onClick={() => setOpen(!open)}>
          <b>{summary}</b>
          {leftOut > 0 && <span>{leftOutWords(leftOut)}</span>}
          <span className="visually-hidden">{open ? source.hideFiles : source.showFiles}</span>
        </button>
        {!uploads.some(isUnderWay) && (
          <button type="button" className="icon-btn" aria-label={source.closeUploads} onClick={dismiss}>
            <Icon name="close" size={16} />
          </button>
        )}
      </header>
      <p className="visually-hidden" role="status">
        {summary}
      </p>
      {open && uploads.length > 0 && (
        <ul className="uploads-list">
          {uploads.map((upload) => (
            <UploadRow key={upload.key} upload={upload} />
          ))}
        </ul>
      )}
    </section>
  );
}

function UploadRow({ upload }: { upload: FileUpload }) {
  const { source, common } = useWords();
  const { key, name, state } = upload;
  const problem = upload.problem && inWords(upload.problem);
  const cancel = useUploads((uploads) => uploads.cancel);
  const again = useUploads((uploads) => uploads.again);
  return (
    <li className={`upload upload-${state}`}>
      <div className="upload-words">
        {upload.recordingId && state !== "failed" ? (
          <a href={recordingHash(upload.recordingId, null)} title={name}>
            {name}
          </a>
        ) : (
          <b title={name}>{name}</b>
        )}
        <span className="num">{uploadWords(upload)}</span>
        {problem && (
          <p className="upload-problem" role="alert">
            {problem.message} <span>{problem.hint}</span>
          </p>
        )}
      </div>
      {state === "failed" && upload.again && (
        <button type="button" className="btn" onClick={() => again(key)}>
          {common.tryAgain}
        </button>
      )}
      {isUnderWay(upload) && (
        <button
          type="button"
          className="icon-btn"
          aria-label={source.stopSending(name)}
          onClick={() => cancel(key)}
        >
          <Icon name="close" size={16} />
        </button>
      )}
      {isUnderWay(upload) && (
        <ProgressBar share={upload.sentBytes / upload.totalBytes} label={source.uploadOf(name)} />
      )}
    </li>
  );
}
