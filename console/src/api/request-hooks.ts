// Hooks around requests: data that is shown from the cache and then refreshed, pages of a list, and acts that happen once.
import { useEffect, useRef, useState } from "preact/hooks";
import { Intent, Problem } from "./api-client";
import { SessionEnded } from "../sign-in/session";

const cache = new Map<string, unknown>();
const listeners = new Map<string, Set<() => void>>();
/** The loads that began at this moment: components that show the same data share one request. */
const begun = new Map<string, Promise<void>>();

function load<T>(key: string, fetch: () => Promise<T>): Promise<void> {
  const loading = fetch().then((data) => {
    cache.set(key, data);
    listeners.get(key)?.forEach((one) => one());
  });
  begun.set(key, loading);
  setTimeout(() => begun.delete(key));
  return loading;
}

export interface Loaded<T> {
  data: T | undefined;
  problem: Problem | undefined;
  loading: boolean;
  reload: () => Promise<void>;
  /** Show this until the next response. */
  put: (data: T) => void;
}

function problemOf(error: unknown): Problem | undefined {
  if (error instanceof SessionEnded) return undefined; // a dialog offers to sign in again
  if (error instanceof Problem) return error;
  throw error;
}

/** Load `fetch` under `key` (null: not yet): the cached value is shown first. With `every` seconds it is loaded again while
    visible, and when the user returns to the window. */
export function useData<T>(key: string | null, fetch: () => Promise<T>, every?: number): Loaded<T> {
  const [, redraw] = useState(0);
  const [problem, setProblem] = useState<Problem>();
  const [loading, setLoading] = useState(false);
  const latest = useRef(fetch);
  latest.current = fetch;

  async function reload(): Promise<void> {
    if (key === null) return;
    setLoading(true);
    try {
      await (begun.get(key) ?? load(key, latest.current));
      setProblem(undefined);
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setLoading(false);
    }
  }

  useEffect(() => {
    if (key === null) return;
    const mine = listeners.get(key) ?? new Set();
    listeners.set(key, mine);
    const listener = (): void => redraw((n) => n + 1);
    mine.add(listener);
    setProblem(undefined);
    void reload();
    const again = (): void => void (document.visibilityState === "visible" && reload());
    const timer = every && setInterval(again, every * 1000);
    if (every) addEventListener("focus", again);
    return () => {
      mine.delete(listener);
      clearInterval(timer);
      removeEventListener("focus", again);
    };
  }, [key]);

  const put = (data: T): void => {
    cache.set(key!, data);
    listeners.get(key!)?.forEach((one) => one());
  };
  return { data: key === null ? undefined : (cache.get(key) as T | undefined), problem, loading, reload, put };
}

export interface Pages<T> extends Omit<Loaded<T[]>, "put"> {
  more: (() => Promise<void>) | undefined;
  /** Show the items as changed until the next response. */
  put: (change: (items: T[]) => T[]) => void;
}

interface PageOf<T> {
  data: T[];
  next_cursor?: string | null;
}

/** Load a list page by page; `more` loads the next one. */
export function usePages<T>(key: string | null, fetch: (cursor?: string) => Promise<PageOf<T>>, every?: number): Pages<T> {
  const first = useData(key, async () => await fetch(), every);
  const [later, setLater] = useState<{ key: string | null; items: T[]; cursor: string | null }>();
  const [busy, setBusy] = useState(false);
  const mine = later?.key === key ? later : undefined;
  const cursor = mine ? mine.cursor : (first.data?.next_cursor ?? null);
  const more = async (): Promise<void> => {
    setBusy(true);
    try {
      const page = await fetch(cursor!);
      setLater({ key, items: [...(mine?.items ?? []), ...page.data], cursor: page.next_cursor ?? null });
    } finally {
      setBusy(false);
    }
  };
  return {
    data: first.data && [...first.data.data, ...(mine?.items ?? [])],
    problem: first.problem,
    loading: first.loading || busy,
    reload: async () => {
      setLater(undefined);
      await first.reload();
    },
    more: cursor ? more : undefined,
    put: (change) => {
      if (first.data) first.put({ ...first.data, data: change(first.data.data) });
      if (mine) setLater({ ...mine, items: change(mine.items) });
    },
  };
}

/** Show a change of a list at once, and send it; if it is refused, the list is loaded again. For changes of the user's own lists only. */
export async function optimistic<T, R>(pages: Pages<T>, change: (items: T[]) => T[], send: () => Promise<R>): Promise<R> {
  pages.put(change);
  try {
    return await send();
  } catch (error) {
    await pages.reload();
    throw error;
  }
}

export interface Act<A extends unknown[], R> {
  run: (...given: A) => Promise<R | undefined>;
  busy: boolean;
  problem: Problem | undefined;
  clear: () => void;
}

/** Return an act that runs once at a time, with one Idempotency-Key per intent; a double click is one click. */
export function useAct<A extends unknown[], R>(
  act: (intent: Intent, ...given: A) => Promise<R>,
  then?: (result: R) => void | Promise<void>,
): Act<A, R> {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const running = useRef(false);
  const intent = useRef(new Intent());
  const run = async (...given: A): Promise<R | undefined> => {
    if (running.current) return undefined;
    running.current = true;
    setBusy(true);
    setProblem(undefined);
    try {
      const result = await act(intent.current, ...given);
      intent.current.done();
      await then?.(result);
      return result;
    } catch (error) {
      setProblem(problemOf(error));
      return undefined;
    } finally {
      running.current = false;
      setBusy(false);
    }
  };
  return { run, busy, problem, clear: () => setProblem(undefined) };
}
