/**
 * Has the browser keep the page, so that it opens while the server is away. Browsers allow that on localhost and over
 * TLS; elsewhere, and where it fails, the page is as it would be without.
 */
export function keepShell(): void {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  const register = () => {
    navigator.serviceWorker.register("./worker.js", { scope: "./" }).catch(() => undefined);
  };
  // After everything else: nobody waits for it.
  if (document.readyState === "complete") register();
  else addEventListener("load", register, { once: true });
}
