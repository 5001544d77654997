import { type ComponentType, useEffect, useState } from "react";
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
import { parseRoute, type Route } from "./route";
import { TopBar } from "./TopBar";
import { useRoute } from "./use-route";

const FETCH_AHEAD_MS = 1500;

type RecordingRouteProps = Omit<Extract<Route, { page: "recording" }>, "page">;
let loaded: ComponentType<RecordingRouteProps> | null = null;
let loading: Promise<unknown> | null = null;

/** Half of the page's script: the start page does without it, and fetches it while nothing else is to be done. */
function loadRecordingRoute(): Promise<unknown> {
  loading ??= import("../features/recordings/RecordingRoute").then(
    (part) => {
      loaded = part.default;
    },
    () => {
      loaded = NotLoaded;
    },
  );
  return loading;
}
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

/** No Suspense: it lets whoever has seen its fallback wait for 300 ms, however soon the script is there. */
function RecordingRoute(props: RecordingRouteProps) {
  const [Part, setPart] = useState(() => loaded);
  useEffect(() => {
    if (!Part) void loadRecordingRoute().then(() => setPart(() => loaded));
  }, [Part]);
  return Part ? <Part {...props} /> : <Opening />;
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
        <RecordingRoute key={route.id} id={route.id} prompts={route.prompts} place={route.place} />
      ) : (
        <HomePage />
      )}
      <UploadsTray />
      {!guest && <DropOverlay />}
    </div>
  );
}
