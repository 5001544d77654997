import type { LinkPreview } from "../../api/types";
import { useWords } from "../../i18n/language";
import { ProblemBox } from "../../ui/ProblemBox";
import { FileButton } from "./FileButton";
import { useLink } from "./link-store";
import { shortAddress } from "./link-text";
import { readStretch } from "./link-time";

/** Under the box: the link as it was understood, the stretch to take of it, or why it cannot be taken. */
export function LinkPanel() {
  const { source } = useWords();
  const reading = useLink((state) => state.reading);
  const { clear } = useLink.getState();
  switch (reading.kind) {
    case "none":
    case "asking":
      return null;
    case "understood":
      return (
        <div className="link-panel">
          <Understood preview={reading.preview} />
          <StretchFields />
        </div>
      );
    case "refused":
      return (
        <div className="link-panel">
          <ProblemBox problem={reading.problem} onDismiss={clear}>
            {reading.problem.code === "site_not_allowed" && (
              <FileButton className="btn">{source.uploadInstead}</FileButton>
            )}
          </ProblemBox>
        </div>
      );
  }
}

function Understood({ preview }: { preview: LinkPreview }) {
  const { source } = useWords();
  const offered = useLink((state) => state.offered);
  return (
    <div className="link-understood" role="status">
      <p>
        <b>{preview.site}</b> <span className="link-address">{shortAddress(preview.url)}</span>
      </p>
      {preview.kind === "list" && <p className="link-note">{source.listFirst}</p>}
      {offered && <p className="link-note">{source.offered}</p>}
    </div>
  );
}

/** Both ends may stay empty: then everything is taken. */
function StretchFields() {
  const { source } = useWords();
  const start = useLink((state) => state.start);
  const end = useLink((state) => state.end);
  const { setStart, setEnd } = useLink.getState();
  const stretch = readStretch(start, end);
  return (
    <div className="link-stretch num">
      <label>
        {source.from}
        <input
          className="field"
          aria-label={source.takeFrom}
          placeholder={source.theStart}
          autoComplete="off"
          value={start}
          onChange={(event) => setStart(event.target.value)}
        />
      </label>
      <label>
        {source.to}
        <input
          className="field"
          aria-label={source.takeUntil}
          placeholder={source.theEnd}
          autoComplete="off"
          value={end}
          onChange={(event) => setEnd(event.target.value)}
        />
      </label>
      {typeof stretch === "string" && (
        <p className="link-wrong" role="alert">
          {stretch}
        </p>
      )}
    </div>
  );
}
