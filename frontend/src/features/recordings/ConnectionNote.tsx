import { useEffect, useState } from "react";
import { ConnectionLine } from "../../ui/ConnectionLine";
import { useSession, useWorkspace } from "../session/context";

/** Short breaks are nobody's business; this one lasts long enough to be told. */
const GRACE_MS = 700;

/** Says when the stream is broken, and when it is tried again. */
export function ConnectionNote() {
  const { session } = useWorkspace();
  const connection = useSession((state) => state.connection);
  const lost = connection.kind === "waiting" || connection.kind === "connecting";
  const [since, setSince] = useState<number | null>(null);
  const [now, setNow] = useState(() => Date.now());

  useEffect(() => {
    if (!lost) {
      setSince(null);
      return;
    }
    setSince(Date.now());
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 250);
    return () => clearInterval(timer);
  }, [lost]);

  if (!lost || since === null || now - since < GRACE_MS) return null;
  const offline = !navigator.onLine;
  const seconds = connection.kind === "waiting" ? Math.ceil((connection.retryAt - now) / 1000) : 0;
  return <ConnectionLine offline={offline} seconds={seconds} onRetry={() => session.retryConnection()} />;
}
