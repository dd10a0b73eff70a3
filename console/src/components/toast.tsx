// A short notice that something was done, read out by screen readers.
import { signal } from "@preact/signals";

const text = signal("");
let timer: ReturnType<typeof setTimeout> | undefined;

export function say(message: string): void {
  text.value = message;
  clearTimeout(timer);
  timer = setTimeout(() => (text.value = ""), 5_000);
}

export function Toast() {
  return (
    <div class={`toast ${text.value ? "shown" : ""}`} role="status" aria-live="polite">
      {text.value}
    </div>
  );
}
