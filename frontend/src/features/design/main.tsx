import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { startTheme } from "../../app/theme";
import { DesignPage } from "./DesignPage";
import "../../app/styles/fonts.css";
import "../../app/styles/tokens.css";
import "../../app/styles/first.css";
import "../../app/styles/base.css";
import "../../app/styles/frame.css";
import "../offline/away.css";
import "../timeline/heat.css";
import "../timeline/foot.css";
import "./design.css";

startTheme();
const root = document.getElementById("root");
if (!root) throw new Error("The page has no #root to render into");
createRoot(root).render(
  <StrictMode>
    <DesignPage />
  </StrictMode>,
);
