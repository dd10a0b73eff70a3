// The bell in the top bar: the number of unread notifications. A new one is announced while the console is open.
import { useEffect, useRef } from "preact/hooks";
import { api, ok } from "../api/api-client";
import { useData } from "../api/request-hooks";
import { useMe } from "../api/signed-in-user";
import { named, t } from "../i18n";
import { say } from "../components/toast";

/** Load the newest notifications and the number of unread ones. */
export function useInbox() {
  return useData("inbox", () => ok(api.GET("/v1/notifications", { params: { query: { limit: 20 } } })), 15);
}

export function NotificationBell() {
  const inbox = useInbox();
  const me = useMe();
  const newest = useRef<string>();
  const first = inbox.data?.data[0];
  useEffect(() => {
    if (!inbox.data) return;
    const isNew = newest.current !== undefined && first && first.id > newest.current && !first.read;
    newest.current = first?.id ?? "";
    if (!isNew) return;
    say(named("event_type", first.type));
    void me.reload();
  }, [first?.id]);
  const unread = inbox.data?.unread ?? 0;
  return (
    <a class="bell" href="#/notifications" aria-label={unread ? t("bell.unread", { count: unread }) : t("nav.notifications")}>
      <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
        <path d="M12 3a6 6 0 0 0-6 6v4l-2 4h16l-2-4V9a6 6 0 0 0-6-6Zm-2 16a2 2 0 0 0 4 0" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linejoin="round" />
      </svg>
      {unread > 0 && (
        <span class="badge">
          {unread}
          {inbox.data!.more && "+"}
        </span>
      )}
    </a>
  );
}
