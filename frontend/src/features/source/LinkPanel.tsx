import type { LinkPreview } from "../../api/types";
import { ProblemBox } from "../../ui/ProblemBox";
import { FileButton } from "./FileButton";
import { useLink } from "./link-store";
import { shortAddress } from "./link-text";
import { readStretch } from "./link-time";

/** Under the box: the link as it was understood, the stretch to take of it, or why it cannot be taken. */
export function LinkPanel() {
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
              <FileButton className="btn">Upload the file instead</FileButton>
            )}
          </ProblemBox>
        </div>
      );
  }
}

function Understood({ preview }: { preview: LinkPreview }) {
  const offered = useLink((state) => state.offered);
  return (
    <div className="link-understood" role="status">
      <p>
        <b>{preview.site}</b> <span className="link-address">{shortAddress(preview.url)}</span>
      </p>
      {preview.kind === "list" && <p className="link-note">This is a list. Its first recording is taken.</p>}
      {offered && (
        <p className="link-note">This link came with the page’s address. Press Listen to fetch it.</p>
      )}
    </div>
  );
}

/** Both ends may stay empty: then everything is taken. */
function StretchFields() {
  const start = useLink((state) => state.start);
  const end = useLink((state) => state.end);
  const { setStart, setEnd } = useLink.getState();
  const stretch = readStretch(start, end);
  return (
    <div className="link-stretch num">
      <label>
        From
        <input
          className="field"
          aria-label="Take it from"
          placeholder="the start"
          autoComplete="off"
          value={start}
          onChange={(event) => setStart(event.target.value)}
        />
      </label>
      <label>
        to
        <input
          className="field"
          aria-label="Take it until"
          placeholder="the end"
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
