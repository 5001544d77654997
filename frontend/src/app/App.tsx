import { useEffect } from "react";
import { isShareLink } from "../features/access/recording-access";
import { SignIn } from "../features/access/SignIn";
import { useGate } from "../features/access/site-access";
import { HomePage } from "../features/recordings/HomePage";
import { RecordingPage } from "../features/recordings/RecordingPage";
import { WorkspaceProvider } from "../features/session/context";
import { DropOverlay } from "../features/source/DropOverlay";
import { UploadsTray } from "../features/source/UploadsTray";
import { ProblemBox } from "../ui/ProblemBox";
import { startModels } from "./models";
import { useNotice } from "./notice";
import { useRoute } from "./route";
import { TopBar } from "./TopBar";

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
        <WorkspaceProvider key={route.id} id={route.id} prompts={route.prompts} place={route.place}>
          <RecordingPage />
        </WorkspaceProvider>
      ) : (
        <HomePage />
      )}
      <UploadsTray />
      {!guest && <DropOverlay />}
    </div>
  );
}
