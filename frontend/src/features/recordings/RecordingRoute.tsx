import type { Place } from "../../app/place";
import { WorkspaceProvider } from "../session/context";
import { RecordingPage } from "./RecordingPage";

/** A recording's page and what it works with; a script of its own. */
export default function RecordingRoute(props: { id: string; prompts: string[] | null; place: Place }) {
  return (
    <WorkspaceProvider {...props}>
      <RecordingPage />
    </WorkspaceProvider>
  );
}
