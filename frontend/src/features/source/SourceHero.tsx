import { Icon } from "../../ui/Icon";
import { ProblemBox } from "../../ui/ProblemBox";
import { useCompact } from "../../ui/use-compact";
import { FileButton } from "./FileButton";
import { LinkForm } from "./LinkForm";
import { useSource } from "./source-store";
import { TransferBox } from "./TransferBox";

/** The large box in the middle of the empty page. */
export function SourceHero() {
  const transfer = useSource((state) => state.transfer);
  const problem = useSource((state) => state.problem);
  const dismiss = useSource((state) => state.dismiss);
  const sample = useSource((state) => state.sample);
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
      <div className="hero-drop">
        <Icon name="wave" size={28} />
        <p>{compact ? "Listen to a recording" : "Drop a recording here"}</p>
        <div className="hero-buttons">
          <FileButton className="btn btn-go">Choose a file</FileButton>
          <button type="button" className="btn" onClick={() => void sample()}>
            Try the sample
          </button>
        </div>
      </div>
      <LinkForm placeholder="or paste a link" />
    </div>
  );
}
