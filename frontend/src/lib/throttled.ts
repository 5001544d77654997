/**
 * Runs `work` at once, then at most once every `intervalMs`; a call made in between is not lost but run at the
 * end of the interval. `cancel` forgets a pending run.
 */
export function throttled(intervalMs: number, work: () => void) {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let pending = false;
  const tick = () => {
    timer = null;
    if (!pending) return;
    pending = false;
    run();
  };
  const run = () => {
    timer = setTimeout(tick, intervalMs);
    work();
  };
  const call = () => {
    if (timer === null) run();
    else pending = true;
  };
  call.cancel = () => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    pending = false;
  };
  return call;
}

/** Runs `work` once nothing has called for `quietMs`. */
export function debounced(quietMs: number, work: () => void) {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const call = () => {
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(() => {
      timer = null;
      work();
    }, quietMs);
  };
  call.cancel = () => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
  };
  return call;
}
