import { useWords } from "../../i18n/language";
import { ProgressBar } from "../../ui/ProgressBar";
import type { RunWords } from "./run-words";

/** How much has arrived and, over it, how much has been heard: the fainter bar runs ahead of the brighter one. */
export function HeadBars(props: { arrival: RunWords | null; run: RunWords; label: string }) {
  const { arrival, run } = props;
  const { recordings } = useWords();
  if (arrival === null) {
    return (
      <div className="head-bars">
        <ProgressBar share={run.share} label={recordings.analysis} />
      </div>
    );
  }
  return (
    <div className="head-bars head-bars-two">
      <ProgressBar share={arrival.share} label={props.label} />
      <ProgressBar share={run.share ?? 0} label={recordings.analysis} />
    </div>
  );
}
