import { useEffect } from "react";
import { prepareSending } from "../api/upload";
import { isShareLink } from "../features/access/recording-access";
import { SignIn } from "../features/access/SignIn";
import { useGate } from "../features/access/site-access";
import { DropOverlay } from "../features/source/DropOverlay";
import { UploadsTray } from "../features/source/UploadsTray";
import { useWords } from "../i18n/language";
import { ProblemBox } from "../ui/ProblemBox";
import { startModels } from "./models";
import { useNotice } from "./notice";
import { pagePart } from "./page-part";
import { parseRoute } from "./route";
import { TopBar } from "./TopBar";
import { useRoute } from "./use-route";

const FETCH_AHEAD_MS = 1500;

const recordingPart = pagePart(
  async () => (await import("../features/recordings/RecordingRoute")).default,
  Opening,
);
const homePart = pagePart(async () => (await import("../features/recordings/HomePage")).HomePage, Nothing);
const RecordingRoute = recordingPart.Part;
const HomePage = homePart.Part;

/** The other half of the page, and what sends files: before they are wanted, while nothing else is to be done. */
function fetchAhead(): void {
  prepareSending();
  // What is away now is asked for again when it is wanted.
  for (const { load } of [recordingPart, homePart]) load().catch(() => undefined);
}
void (parseRoute(location.hash).page === "recording" ? recordingPart : homePart)
  .load()
  .catch(() => undefined);
addEventListener("load", () => setTimeout(fetchAhead, FETCH_AHEAD_MS), { once: true });

function Opening() {
  const { app } = useWords();
  return (
    <main className="stage-message">
      <p className="opening" role="status">
        {app.openingRecording}
      </p>
    </main>
  );
}

function Nothing() {
  return <main className="home" />;
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
