// Addresses of screens: `#/path?filter=value`. A filter is part of the address, so that every screen can be linked and goes back.
import { signal } from "@preact/signals";

const current = signal(read());
addEventListener("hashchange", sync);

/** Follow the address after it was changed without a navigation, as signing in does. */
export function sync(): void {
  current.value = read();
}

function read(): { path: string; query: string } {
  const [path = "", query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  return { path: `/${path}`, query };
}

export function navigate(to: string, options: { replace?: boolean } = {}): void {
  const url = `${location.pathname}#${to}`;
  if (options.replace) history.replaceState(null, "", url);
  else history.pushState(null, "", url);
  current.value = read();
  if (!options.replace) scrollTo(0, 0);
}

/** The location of the router (wouter): the path, without the filters. */
export const useHash = Object.assign(
  (): [string, typeof navigate] => [current.value.path, navigate],
  { hrefs: (href: string) => `#${href}` },
);

/** The filters of the address, and a function that changes some of them; an empty one is removed. */
export function useFilters(): [Record<string, string>, (changed: Record<string, string | undefined>) => void] {
  const { path, query } = current.value;
  const filters = Object.fromEntries(new URLSearchParams(query));
  const change = (changed: Record<string, string | undefined>): void => {
    const next = new URLSearchParams(query);
    for (const [name, text] of Object.entries(changed)) {
      if (text) next.set(name, text);
      else next.delete(name);
    }
    const text = next.toString();
    navigate(text ? `${path}?${text}` : path, { replace: true });
  };
  return [filters, change];
}

export function link(path: string, filters: Record<string, string | undefined> = {}): string {
  const query = new URLSearchParams(Object.entries(filters).filter((one): one is [string, string] => !!one[1])).toString();
  return `#${path}${query ? `?${query}` : ""}`;
}
