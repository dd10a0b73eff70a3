// The frame around every screen: top bar, navigation, sandbox banner, and the dialog of an ended session.
import { Route, Router, Switch } from "wouter-preact";
import { useEffect, useRef } from "preact/hooks";
import { expired, leave } from "../sign-in/session";
import { roleOf, useMe, type Role } from "../api/signed-in-user";
import { now } from "../stage-clock";
import { configuration } from "../configuration";
import { Empty, Skeleton } from "../components/screen-layout";
import { ProblemNotice } from "../components/problem-notice";
import { Dialog } from "../components/dialog";
import { Toast } from "../components/toast";
import { moment } from "../format";
import { language, t } from "../i18n";
import { useHash } from "./address-and-filters";
import { HOMES, SCREENS } from "./screen-routes";
import { menuOpen, TopBar } from "./top-bar";
import { RoleNavigation } from "./role-navigation";

export function Frame() {
  const me = useMe();
  void language.value;
  const main = useRef<HTMLElement>(null);
  const [path] = useHash();
  useEffect(() => {
    menuOpen.value = false;
    // A new screen is read from its title on; the first one leaves the focus where the browser put it.
    if (document.activeElement !== document.body) main.current?.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
  }, [path]);
  useShortcuts();
  const role = me.data && roleOf(me.data);
  return (
    <Router hook={useHash}>
      <a class="skip" href="#main" onClick={(event) => (event.preventDefault(), main.current?.focus())}>
        {t("skip")}
      </a>
      <header class="bar">
        {configuration.sandbox && <SandboxBanner />}
        <TopBar me={me.data} />
      </header>
      <div class="frame">
        {role && <RoleNavigation me={me.data!} role={role} path={path} />}
        <main id="main" ref={main} tabIndex={-1}>
          {me.problem && !me.data ? (
            <ProblemNotice problem={me.problem} retry={() => void me.reload()} />
          ) : !me.data ? (
            <Skeleton rows={6} />
          ) : !role ? (
            <Empty text={t("no_role")} />
          ) : (
            <CurrentScreen role={role} />
          )}
        </main>
      </div>
      <Toast />
      {expired.value && <Expired />}
    </Router>
  );
}

function CurrentScreen({ role }: { role: Role }) {
  const Home = HOMES[role];
  return (
    <Switch>
      <Route path="/">
        <Home key={role} params={{}} />
      </Route>
      {SCREENS.map(([path, Screen]) => (
        <Route path={path}>{(params: Record<string, string>) => <Screen key={`${role} ${path} ${Object.values(params).join()}`} params={params} />}</Route>
      ))}
      <Route>
        <Empty text={t("no_screen")}>
          <a href="#/">{t("nav.home")}</a>
        </Empty>
      </Route>
    </Switch>
  );
}

function SandboxBanner() {
  return (
    <div class="sandbox">
      {t("sandbox")} <span class="soft">{t("sandbox.clock", { at: moment(new Date(now()).toISOString()) })}</span>
    </div>
  );
}

function useShortcuts(): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      const typing = (event.target as HTMLElement).closest("input, textarea, select, dialog");
      if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
        event.preventDefault();
        document.getElementById("search")?.focus();
      }
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, []);
}

function Expired() {
  return (
    <Dialog title={t("expired")} close={() => (expired.value = false)}>
      <p>{t("expired.hint")}</p>
      <p class="row">
        <button type="button" onClick={() => void leave()}>
          {t("sign_in")}
        </button>
      </p>
    </Dialog>
  );
}
