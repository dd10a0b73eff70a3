// Screens are loaded when they are opened, or when the pointer is over a link to them.
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Skeleton } from "../components/screen-layout";

export interface Lazy<P> {
  (props: P): preact.JSX.Element;
  load: () => Promise<unknown>;
}

/** Return a component that loads itself; `name` is the export of the module. */
export function lazy<P extends object>(load: () => Promise<Record<string, unknown>>, name: string): Lazy<P> {
  let component: ComponentType<P> | undefined;
  const fetch = async (): Promise<void> => {
    component ??= (await load())[name] as ComponentType<P>;
  };
  const Loading = (props: P): preact.JSX.Element => {
    const [, loaded] = useState(component !== undefined);
    useEffect(() => void fetch().then(() => loaded(true)), []);
    const Screen = component;
    return Screen ? <Screen {...props} /> : <Skeleton rows={6} />;
  };
  return Object.assign(Loading, { load: fetch });
}
