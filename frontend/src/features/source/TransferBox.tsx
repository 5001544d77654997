import { formatBytes } from "../../lib/format";
import { ProgressBar } from "../../ui/ProgressBar";
import type { Transfer } from "./source-store";

/** The words for a transfer: how much, of how much, how fast. */
export function transferWords(transfer: Transfer, now: number): string {
  if (transfer.kind === "sample") return "Fetching the sample";
  if (transfer.kind === "link") return "Asking for the link";
  const { sentBytes, totalBytes, startedAt } = transfer;
  if (sentBytes >= totalBytes && totalBytes > 0)
    return `${formatBytes(totalBytes)} sent, the server is reading it`;
  const seconds = (now - startedAt) / 1000;
  const speed = seconds > 0.5 ? `, ${formatBytes(Math.round(sentBytes / seconds))} a second` : "";
  return `${formatBytes(sentBytes)} of ${formatBytes(totalBytes)}${speed}`;
}

export function TransferBox(props: { transfer: Transfer; compact?: boolean }) {
  const { transfer } = props;
  const share = transfer.totalBytes > 0 ? transfer.sentBytes / transfer.totalBytes : null;
  return (
    <div className={`transfer${props.compact ? " transfer-compact" : ""}`} role="status">
      <div className="transfer-words">
        <b>{transfer.name}</b>
        <span className="num">{transferWords(transfer, Date.now())}</span>
      </div>
      <ProgressBar share={share} label={transfer.kind === "upload" ? "Upload" : "Transfer"} />
      {transfer.kind === "upload" && (
        <button type="button" className="btn" onClick={transfer.abort}>
          Cancel
        </button>
      )}
    </div>
  );
}
