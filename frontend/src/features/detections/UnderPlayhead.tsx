import { useWords } from "../../i18n/language";
import { formatClock } from "../../lib/format";
import { Icon } from "../../ui/Icon";
import { useLargeWords } from "../now-playing/large-words";
import { NowPlaying } from "../now-playing/NowPlaying";
import { Picture } from "../now-playing/Picture";
import { SiteMoment } from "../now-playing/SiteMoment";
import { usePlayback, useSession, useWorkspace } from "../session/context";
import { soundingPrompts, thresholdOf } from "../session/session-state";

const SMALL_WORDS = 4;

/** The prompts that sound at one moment, loudest score first. */
export function soundingAt(
  prompts: readonly string[],
  scoreOf: (prompt: string) => number,
  thresholdFor: (prompt: string) => number,
): string[] {
  return prompts
    .map((prompt) => ({ prompt, score: scoreOf(prompt) }))
    .filter(({ prompt, score }) => score >= thresholdFor(prompt))
    .sort((a, b) => b.score - a.score)
    .map(({ prompt }) => prompt);
}

/** What the line lies on, in words large enough to look at instead of read. */
export function UnderPlayhead() {
  const { session } = useWorkspace();
  const { nowPlaying } = useWords();
  const prompts = useSession((state) => state.prompts);
  const threshold = useSession((state) => state.threshold);
  const rows = useSession((state) => state.rows);
  useSession((state) => state.matrixVersion);
  const complete = useSession((state) => state.recording?.state === "done");
  const positionS = usePlayback((state) => state.positionS);
  const { matrix } = session;
  const edits = { prompts, threshold, rows };
  const sounding = soundingAt(
    soundingPrompts(edits),
    (prompt) => matrix.scoreAt(prompt, positionS),
    (prompt) => thresholdOf(edits, prompt),
  );
  const heard = complete || positionS < matrix.heardUntilS;
  const [first, ...others] = sounding;
  const large = useLargeWords((state) => state.open);
  return (
    <>
      {!large && <Picture />}
      <section className="now" aria-labelledby="now-title">
        <div className="caption">
          <h2 id="now-title">{nowPlaying.underPlayhead}</h2>
          <span className="num">{formatClock(positionS)}</span>
          <button
            type="button"
            className="icon-btn now-large"
            aria-label={nowPlaying.largeWords}
            title={nowPlaying.largeWordsKey}
            aria-haspopup="dialog"
            onClick={() => useLargeWords.getState().toggle()}
          >
            <Icon name="screen" size={15} />
          </button>
        </div>
        {first ? (
          <p className="now-words">
            {first}
            {others.length > 0 && <small>{others.slice(0, SMALL_WORDS).join(", ")}</small>}
          </p>
        ) : (
          <p className="now-words now-none">{heard ? nowPlaying.noneHere : nowPlaying.notHeardHere}</p>
        )}
        <SiteMoment />
      </section>
      <NowPlaying />
    </>
  );
}
