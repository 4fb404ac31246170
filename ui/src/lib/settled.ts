import { useEffect, useState } from "react";

/** A value as it was when it last stayed the same for so many milliseconds. What is compared is how it is written as JSON. */
export function useSettled<T>(value: T, pause: number): T {
  const [settled, setSettled] = useState(value);
  const written = JSON.stringify(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(() => value), pause);
    return () => clearTimeout(timer);
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- the same value is another object at each render
  }, [written, pause]);
  return settled;
}
