import { useWords } from "../../i18n/language";
import { formatLength } from "../../lib/format";

/** Frames to each side of the one in question. */
const SIDE = 32;
const HEIGHT = 48;

/** The scores around one frame as steps, against the threshold (solid) and the release (dashed). */
export function ScorePlot(props: {
  scores: ArrayLike<number>;
  frame: number;
  hopS: number;
  threshold: number;
  release: number;
}) {
  const { detections } = useWords();
  const { scores, frame, threshold, release } = props;
  const first = frame - SIDE;
  const count = 2 * SIDE + 1;
  const y = (score: number) => (1 - score) * (HEIGHT - 4) + 2;
  let path = "";
  for (let index = 0; index < count; index += 1) {
    const score = scores[first + index];
    if (score === undefined || Number.isNaN(score)) continue;
    path += `M${index} ${HEIGHT}V${y(score).toFixed(2)}H${index + 1}V${HEIGHT}`;
  }
  return (
    <svg
      className="why-plot"
      viewBox={`0 0 ${count} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={detections.scoresAround(formatLength(SIDE * props.hopS))}
    >
      <rect className="why-plot-here" x={SIDE} y={0} width={1} height={HEIGHT} />
      <path className="why-plot-scores" d={path} />
      <line className="why-plot-threshold" x1={0} x2={count} y1={y(threshold)} y2={y(threshold)} />
      <line className="why-plot-release" x1={0} x2={count} y1={y(release)} y2={y(release)} />
    </svg>
  );
}
