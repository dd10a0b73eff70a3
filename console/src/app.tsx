// The frame around every screen: navigation by role, search, language, theme, account menu, sandbox banner.
import { Route, Router, Switch } from "wouter-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { signal } from "@preact/signals";
import { expired, leave, signOut } from "./auth/session";
import { chooseRole, roleOf, rolesOf, useMe, type Me, type Role } from "./api/me";
import { now } from "./clock";
import { configuration } from "./configuration";
import { Empty, ProblemNotice, Skeleton } from "./components/basics";
import { Bell } from "./components/bell";
import { Dialog } from "./components/dialog";
import { Toast } from "./components/toast";
import { moment } from "./format";
import { choose, language, LANGUAGES, t, type Language } from "./i18n";
import { NAVIGATION, waitingAt } from "./navigation";
import { navigate, useHash } from "./router";
import { HOMES, preload, SCREENS } from "./screens";
import { theme, THEMES } from "./theme";

const menuOpen = signal(false);

export function App() {
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
        {role && <Navigation me={me.data!} role={role} path={path} />}
        <main id="main" ref={main} tabIndex={-1}>
          {me.problem && !me.data ? (
            <ProblemNotice problem={me.problem} retry={() => void me.reload()} />
          ) : !me.data ? (
            <Skeleton rows={6} />
          ) : !role ? (
            <Empty text={t("no_role")} />
          ) : (
            <Screens role={role} />
          )}
        </main>
      </div>
      <Toast />
      {expired.value && <Expired />}
    </Router>
  );
}

function Screens({ role }: { role: Role }) {
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

function TopBar({ me }: { me: Me | undefined }) {
  return (
    <div class="top">
      <button type="button" class="quiet menu-button" aria-expanded={menuOpen.value} aria-controls="navigation" onClick={() => (menuOpen.value = !menuOpen.value)} aria-label={t("nav.menu")}>
        ☰
      </button>
      <a class="brand" href="#/">
        {t("brand")}
      </a>
      <Search />
      <span class="grow" />
      <Bell />
      <select class="plain" aria-label={t("language")} value={language.value} onChange={(event) => void choose(event.currentTarget.value as Language)}>
        {Object.entries(LANGUAGES).map(([code, name]) => (
          <option value={code} selected={code === language.value}>
            {name}
          </option>
        ))}
      </select>
      <select class="plain" aria-label={t("theme")} value={theme.value} onChange={(event) => (theme.value = event.currentTarget.value as (typeof THEMES)[number])}>
        {THEMES.map((one) => (
          <option value={one} selected={one === theme.value}>
            {t(`theme.${one}`)}
          </option>
        ))}
      </select>
      <details class="account-menu">
        <summary>{me?.user.name ?? "…"}</summary>
        <div class="menu">
          {me?.user.email && <p class="soft">{me.user.email}</p>}
          <button type="button" class="quiet" onClick={() => void signOut()}>
            {t("sign_out")}
          </button>
        </div>
      </details>
    </div>
  );
}

/** Search by an id or the name of an account. */
function Search() {
  const [text, setText] = useState("");
  const open = (): void => {
    if (text.trim()) navigate(`/search?q=${encodeURIComponent(text.trim())}`);
    setText("");
  };
  return (
    <form class="search" role="search" onSubmit={(event) => (event.preventDefault(), open())}>
      <input id="search" type="search" value={text} aria-label={t("search")} placeholder={t("search.hint")} onInput={(event) => setText(event.currentTarget.value)} />
    </form>
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

function Navigation({ me, role, path }: { me: Me; role: Role; path: string }) {
  const roles = rolesOf(me);
  return (
    <nav id="navigation" class={`side ${menuOpen.value ? "open" : ""}`} aria-label={t("nav.main")}>
      {roles.length > 1 && (
        <select aria-label={t("role.choose")} value={role} onChange={(event) => (chooseRole(event.currentTarget.value as Role), navigate("/"))}>
          {roles.map((one) => (
            <option value={one} selected={one === role}>
              {t(`role.${one}`)}
            </option>
          ))}
        </select>
      )}
      <ul>
        {NAVIGATION[role].map((item) => {
          const here = item.path === "/" ? path === "/" : path === item.path || path.startsWith(`${item.path}/`);
          const count = waitingAt(item, me.counts);
          return (
            <li>
              <a href={`#${item.path}`} aria-current={here ? "page" : undefined} onPointerEnter={() => preload(item.path)} onFocus={() => preload(item.path)}>
                {t(item.text)}
                {!!count && <span class="badge">{count}</span>}
              </a>
            </li>
          );
        })}
      </ul>
    </nav>
  );
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
