import { useWords } from "../../i18n/language";
import { ProblemBox } from "../../ui/ProblemBox";
import { useCompact } from "../../ui/use-compact";
import { FileButton, FolderButton } from "./FileButton";
import { LinkForm } from "./LinkForm";
import { useLink } from "./link-store";
import { useSource } from "./source-store";
import { TransferBox } from "./TransferBox";

/** The large box in the middle of the empty page. */
export function SourceHero() {
  const { source } = useWords();
  const transfer = useSource((state) => state.transfer);
  const problem = useSource((state) => state.problem);
  const dismiss = useSource((state) => state.dismiss);
  const sample = useSource((state) => state.sample);
  const linked = useLink((state) => state.text !== "");
  const compact = useCompact();
  if (transfer) {
    return (
      <div className="hero-box">
        <TransferBox transfer={transfer} />
      </div>
    );
  }
  return (
    <div className="hero-box">
      {problem && <ProblemBox problem={problem} onDismiss={dismiss} />}
      <LinkForm placeholder={compact ? source.pasteLink : source.pasteKnown} />
      <div className="hero-drop">
        <p>{compact ? source.orFile : source.orDrop}</p>
        <div className="hero-buttons">
          <FileButton className={linked ? "btn" : "btn btn-go"}>{source.chooseFile}</FileButton>
          {!compact && <FolderButton className="btn">{source.chooseFolder}</FolderButton>}
          <button type="button" className="btn" onClick={() => void sample()}>
            {source.trySample}
          </button>
        </div>
      </div>
    </div>
  );
}
