import { lazy, Suspense, useEffect } from "react";
import { isShareLink } from "../features/access/recording-access";
import { SignIn } from "../features/access/SignIn";
import { useGate } from "../features/access/site-access";
import { HomePage } from "../features/recordings/HomePage";
import { DropOverlay } from "../features/source/DropOverlay";
import { UploadsTray } from "../features/source/UploadsTray";
import { useWords } from "../i18n/language";
import { ProblemBox } from "../ui/ProblemBox";
import { startModels } from "./models";
import { useNotice } from "./notice";
import { parseRoute, useRoute } from "./route";
import { TopBar } from "./TopBar";

const FETCH_AHEAD_MS = 1500;

/** Half of the page's script: the start page does without it, and fetches it while nothing else is to be done. */
const loadRecordingRoute = () =>
  import("../features/recordings/RecordingRoute").catch(() => ({ default: NotLoaded }));
const RecordingRoute = lazy(loadRecordingRoute);
if (parseRoute(location.hash).page === "recording") void loadRecordingRoute();
else addEventListener("load", () => setTimeout(loadRecordingRoute, FETCH_AHEAD_MS), { once: true });

/** The server has another build by now, whose script has another name, or is away. */
function NotLoaded() {
  const { app, common } = useWords();
  const problem = { code: "page_changed", message: app.pageChanged, hint: app.pageChangedHint };
  return (
    <main className="stage-message">
      <ProblemBox problem={problem} large>
        <button type="button" className="btn btn-go" onClick={() => location.reload()}>
          {common.reload}
        </button>
      </ProblemBox>
    </main>
  );
}

function Opening() {
  const { app } = useWords();
  return (
    <main className="stage-message">
      <p role="status">{app.openingRecording}</p>
    </main>
  );
}

function Notice() {
  const problem = useNotice((state) => state.problem);
  const dismiss = useNotice((state) => state.dismiss);
  if (!problem) return null;
  return (
    <div className="notice">
      <ProblemBox problem={problem} onDismiss={dismiss} />
    </div>
  );
}

export function App() {
  const route = useRoute();
  const id = route.page === "recording" ? route.id : null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page begins at its top
  useEffect(() => {
    window.scrollTo(0, 0);
  }, [id]);
  const gate = useGate();
  const guest = gate !== "open" && id !== null && isShareLink(id);
  useEffect(() => {
    if (gate === "open" || guest) startModels();
  }, [gate, guest]);
  if (gate !== "open" && !guest) {
    return (
      <div className="app">
        <TopBar source={false} closed />
        {gate === "closed" && <SignIn />}
      </div>
    );
  }
  return (
    <div className={`app app-${route.page}`}>
      <TopBar source={route.page === "recording" && !guest} />
      <Notice />
      {route.page === "recording" ? (
        <Suspense fallback={<Opening />}>
          <RecordingRoute key={route.id} id={route.id} prompts={route.prompts} place={route.place} />
        </Suspense>
      ) : (
        <HomePage />
      )}
      <UploadsTray />
      {!guest && <DropOverlay />}
    </div>
  );
}
