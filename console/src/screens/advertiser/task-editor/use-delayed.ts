// A value that follows another after a pause, so that typing does not send a request per key.
import { useEffect, useState } from "preact/hooks";

export function useDelayed<T>(value: T, milliseconds: number): T {
  const [late, setLate] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setLate(value), milliseconds);
    return () => clearTimeout(timer);
  }, [value]);
  return late;
}
