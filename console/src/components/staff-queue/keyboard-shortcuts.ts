// Keyboard shortcuts of the queues of staff: one key each, outside fields and dialogs and without a modifier.
import { useEffect } from "preact/hooks";

export const QUEUE_KEYS = { approve: "a", reject: "r", next: "n" } as const;

export function useQueueShortcuts(actions: Record<keyof typeof QUEUE_KEYS, () => void>): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || (event.target as HTMLElement).closest("input, textarea, select, dialog")) return;
      for (const [name, key] of Object.entries(QUEUE_KEYS)) if (event.key === key) actions[name as keyof typeof QUEUE_KEYS]();
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  });
}
