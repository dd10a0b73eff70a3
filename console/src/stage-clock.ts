// The clock of the stage, which a sandbox may have moved ahead of this machine's.
import { signal } from "@preact/signals";
import { configuration } from "./configuration";

const offset = signal(0);
const tick = signal(0);
setInterval(() => document.visibilityState === "visible" && tick.value++, 1_000);

/** The present moment of the stage in milliseconds; a component that reads it counts down. */
export function now(): number {
  void tick.value;
  return Date.now() + offset.value;
}

/** The present moment of the stage, without counting. */
export function nowOnce(): number {
  return Date.now() + offset.peek();
}

async function read(): Promise<void> {
  const response = await fetch(`${configuration.api_url}/sandbox/clock`);
  if (response.ok) offset.value = Date.parse(((await response.json()) as { now: string }).now) - Date.now();
}

/** Follow the clock of a sandbox stage. */
export function follow(): void {
  if (!configuration.sandbox) return;
  const quietly = (): void => void read().catch(() => undefined); // without it, times are this machine's
  quietly();
  setInterval(() => document.visibilityState === "visible" && quietly(), 30_000);
  addEventListener("focus", quietly);
}

export { read as readClock };
