import { useLayoutEffect, useRef } from "react";
import { useWords } from "../../i18n/language";
import { usePlayback, useWorkspace } from "../session/context";

/** The moving picture of a file that has one; the very element that plays. */
export function Picture() {
  const { player } = useWorkspace();
  const { nowPlaying } = useWords();
  const picture = usePlayback((state) => state.picture);
  const box = useRef<HTMLButtonElement>(null);
  const shown = picture !== null;
  useLayoutEffect(() => {
    if (shown && box.current) return player.showIn(box.current);
  }, [player, shown]);
  if (!shown) return null;
  return (
    <button
      type="button"
      ref={box}
      className="picture"
      aria-label={nowPlaying.picture}
      style={{ aspectRatio: picture }}
      onClick={() => player.toggle()}
    />
  );
}
