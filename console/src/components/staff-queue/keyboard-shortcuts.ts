// Keyboard shortcuts: one key each, outside fields and dialogs and without a modifier. queue.tsx has those of the queues of staff.
import { useEffect } from "preact/hooks";

export function useKeyboardShortcuts(shortcuts: Record<string, () => void>): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || (event.target as HTMLElement).closest("input, textarea, select, dialog")) return;
      if (Object.hasOwn(shortcuts, event.key)) shortcuts[event.key]!();
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  });
}
