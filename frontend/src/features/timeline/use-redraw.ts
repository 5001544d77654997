import { useCallback } from "react";
import type { Watch } from "../../ui/Canvas";
import { useWorkspace } from "../session/context";

/**
 * Has a canvas painted anew when the view moves or when more has been heard. This goes past React: what happens
 * sixty times a second renders no component.
 */
export function useRedraw(): Watch {
  const { session, viewport } = useWorkspace();
  return useCallback(
    (redraw) => {
      const forgetView = viewport.store.subscribe((now, before) => {
        if (now.view !== before.view) redraw();
      });
      const forgetScores = session.store.subscribe((now, before) => {
        const grown = now.matrixVersion !== before.matrixVersion;
        if (grown || now.recording?.state !== before.recording?.state) redraw();
      });
      return () => {
        forgetView();
        forgetScores();
      };
    },
    [session, viewport],
  );
}
