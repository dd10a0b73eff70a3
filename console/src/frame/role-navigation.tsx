// The navigation: the choice of the role, and the screens of the chosen one with what waits there.
import { chooseRole, rolesOf, type Me, type Role } from "../api/signed-in-user";
import { t } from "../i18n";
import { NAVIGATION, waitingAt } from "./navigation-items";
import { navigate } from "./address-and-filters";
import { preload } from "./screen-routes";
import { menuOpen } from "./top-bar";

export function RoleNavigation({ me, role, path }: { me: Me; role: Role; path: string }) {
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
