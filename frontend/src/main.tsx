import { StrictMode, startTransition } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import { startTheme } from "./app/theme";
import { startSiteAccess } from "./features/access/site-access";
import { keepShell } from "./features/offline/keep-shell";
import { startLanguage } from "./i18n/language";
import "./app/styles/fonts.css";
import "./app/styles/tokens.css";
import "./app/styles/first.css";
import "./app/styles/base.css";
import "./app/styles/frame.css";
import "./features/prompts/lists.css";
import "./features/access/access.css";
import "./features/recordings/home.css";
import "./features/recordings/arriving.css";
import "./features/source/source.css";
import "./features/source/link.css";
import "./features/source/uploads.css";
import "./features/timeline/stage.css";
import "./features/timeline/minimap.css";
import "./features/timeline/heat.css";
import "./features/timeline/playhead.css";
import "./features/timeline/selection.css";
import "./features/timeline/foot.css";
import "./features/prompts/rows.css";
import "./features/prompts/suggest.css";
import "./features/detections/side.css";
import "./features/detections/moments.css";
import "./features/detections/statistics.css";
import "./features/detections/edges.css";
import "./features/detections/inspector.css";
import "./features/playback/player.css";
import "./features/now-playing/now-playing.css";
import "./features/commands/commands.css";
import "./features/offline/away.css";

startTheme();
startSiteAccess();
keepShell();
const root = document.getElementById("root");
if (!root) throw new Error("The page has no #root to render into");
// English waits for nothing. A transition is drawn in pieces that let the reader in between.
void startLanguage().then(() =>
  startTransition(() =>
    createRoot(root).render(
      <StrictMode>
        <App />
      </StrictMode>,
    ),
  ),
);
