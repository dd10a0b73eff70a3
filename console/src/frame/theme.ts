// Light or dark: as the system, unless the user has chosen.
import { effect, signal } from "@preact/signals";

export const THEMES = ["system", "light", "dark"] as const;
const STORED = "theme";
const stored = localStorage.getItem(STORED) as (typeof THEMES)[number] | null;
export const theme = signal<(typeof THEMES)[number]>(stored && THEMES.includes(stored) ? stored : "system");

effect(() => {
  localStorage.setItem(STORED, theme.value);
  if (theme.value === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme.value;
});
