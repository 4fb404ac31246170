import { useEffect, useState } from "react";

/** How long it is until `until` in milliseconds, counted down by the second; nothing where there is no such moment. */
export function useWait(until: number | undefined): number | undefined {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (until === undefined) return;
    const tick = () => setNow(Date.now());
    const first = setTimeout(tick);
    const timer = setInterval(tick, 1000);
    return () => {
      clearTimeout(first);
      clearInterval(timer);
    };
  }, [until]);
  return until === undefined ? undefined : Math.max(0, until - now);
}
