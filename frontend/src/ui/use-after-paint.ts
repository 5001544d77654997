import { startTransition, useEffect, useState } from "react";

/**
 * False until what is shown first has been painted: what can wait for that is drawn after it, in pieces that let the
 * reader in between. A page that nobody sees paints nothing and waits for nothing.
 */
export function useAfterPaint(): boolean {
  const [painted, setPainted] = useState(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const goOn = () => {
      timer = setTimeout(() => startTransition(() => setPainted(true)));
    };
    // Called just before the paint; a timer that is set there runs after it.
    const frame = document.hidden ? 0 : requestAnimationFrame(goOn);
    if (document.hidden) goOn();
    return () => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
    };
  }, []);
  return painted;
}
