import { useWords } from "../../i18n/language";
import { ProgressBar } from "../../ui/ProgressBar";
import type { Transfer } from "./source-store";

/** What the server is asked for; it takes a moment. Files that are sent have a list of their own. */
export function TransferBox(props: { transfer: Transfer; compact?: boolean }) {
  const { transfer } = props;
  const { source } = useWords();
  return (
    <div className={`transfer${props.compact ? " transfer-compact" : ""}`} role="status">
      <div className="transfer-words">
        <b>{transfer.name}</b>
        <span>{transfer.doing}</span>
      </div>
      <ProgressBar share={null} label={source.transfer} />
    </div>
  );
}
