import { useEffect, useState } from "react";

/** So long nothing is typed before what was typed is asked about, milliseconds. */
const PAUSE = 300;

/** A value as it was when it last stayed the same for a moment. What is compared is how it is written as JSON. */
export function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value);
  const written = JSON.stringify(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(() => value), PAUSE);
    return () => clearTimeout(timer);
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- the same value is another object at each render
  }, [written]);
  return settled;
}
