// The top bar: brand, search, bell, language, theme, account menu.
import { useState } from "preact/hooks";
import { signal } from "@preact/signals";
import { signOut } from "../sign-in/session";
import type { Me } from "../api/signed-in-user";
import { NotificationBell } from "./notification-bell";
import { choose, language, LANGUAGES, t, type Language } from "../i18n";
import { navigate } from "./address-and-filters";
import { theme, THEMES } from "./theme";

export const menuOpen = signal(false);

export function TopBar({ me }: { me: Me | undefined }) {
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
      <NotificationBell />
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
