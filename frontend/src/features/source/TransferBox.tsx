import { ProgressBar } from "../../ui/ProgressBar";
import type { Transfer } from "./source-store";

const WORDS: Record<Transfer["kind"], string> = {
  sample: "Fetching the sample",
  link: "Asking for the link",
};

/** What the server is asked for; it takes a moment. Files that are sent have a list of their own. */
export function TransferBox(props: { transfer: Transfer; compact?: boolean }) {
  const { transfer } = props;
  return (
    <div className={`transfer${props.compact ? " transfer-compact" : ""}`} role="status">
      <div className="transfer-words">
        <b>{transfer.name}</b>
        <span>{WORDS[transfer.kind]}</span>
      </div>
      <ProgressBar share={null} label="Transfer" />
    </div>
  );
}
