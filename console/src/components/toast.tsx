// A short notice that something was done, read out by screen readers.
import { effect, signal } from "@preact/signals";
import { language } from "../i18n";

const text = signal("");
let timer: ReturnType<typeof setTimeout> | undefined;

// A notice is in the language in which it was said, so another language ends it.
effect(() => {
  void language.value;
  text.value = "";
});

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
