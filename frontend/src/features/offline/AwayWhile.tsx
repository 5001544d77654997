import { type ReactNode, useEffect, useState } from "react";
import { askModels, useModels } from "../../app/models";
import { DisposableScope } from "../../lib/disposable-scope";
import { AwayPanel } from "./AwayPanel";

/** Shows what needs the server, or, while it does not answer, what helps. */
export function AwayWhile({ children }: { children: ReactNode }) {
  const away = useModels((state) => state.away);
  const offline = useOffline();
  if (!away) return children;
  return <AwayPanel offline={offline} onRetry={askModels} />;
}

function useOffline(): boolean {
  const [offline, setOffline] = useState(() => !navigator.onLine);
  useEffect(() => {
    const scope = new DisposableScope();
    const look = () => {
      setOffline(!navigator.onLine);
      askModels();
    };
    scope.listen(window, "online", look);
    scope.listen(window, "offline", look);
    return () => scope.dispose();
  }, []);
  return offline;
}
