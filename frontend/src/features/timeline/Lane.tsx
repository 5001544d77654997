import type { ReactNode } from "react";

/** One lane of the stage: its name at the left, its track on the time axis that all lanes share. */
export function Lane(props: { kind: string; label: ReactNode; children: ReactNode }) {
  return (
    <div className={`lane lane-${props.kind}`}>
      <div className="lane-label">{props.label}</div>
      <div className="track">{props.children}</div>
    </div>
  );
}
