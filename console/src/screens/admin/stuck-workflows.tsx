// Workflows that have stopped, and running them again.
import { api, ok } from "../../api/api-client";
import { useAct, usePages } from "../../api/request-hooks";
import { ProblemNotice } from "../../components/problem-notice";
import { Screen, Section } from "../../components/screen-layout";
import { Time } from "../../components/values/money-and-time";
import { List } from "../../components/table";
import { say } from "../../components/toast";
import { t } from "../../i18n";

export function StuckWorkflows() {
  const tasks = usePages("stuck:tasks", (cursor) => ok(api.GET("/v1/tasks", { params: { query: { status: "stuck", cursor } } })), 30);
  const orders = usePages("stuck:orders", (cursor) => ok(api.GET("/v1/orders", { params: { query: { status: "stuck", cursor } } })), 30);
  const retry = useAct(
    async (intent, id: string) => {
      const header = { "Idempotency-Key": intent.keyFor(id) };
      return id.startsWith("tsk_")
        ? await ok<unknown>(api.POST("/v1/tasks/{task_id}/retry", { params: { path: { task_id: id }, header }, body: {} as never }))
        : await ok<unknown>(api.POST("/v1/orders/{order_id}/retry", { params: { path: { order_id: id }, header }, body: {} as never }));
    },
    async () => (say(t("stuck.retried")), void (await Promise.all([tasks.reload(), orders.reload()]))),
  );
  return (
    <Screen title={t("nav.stuck")}>
      <ProblemNotice problem={retry.problem} />
      {([["tasks", tasks], ["orders", orders]] as const).map(([name, pages]) => (
        <Section title={t(`nav.${name}`)}>
          <List<{ id: string; title: string; stuck: { at: string; error: string } | null }>
            label={t(`nav.${name}`)}
            pages={pages as never}
            empty={t("stuck.none")}
            id={(one) => one.id}
            href={(one) => `#/${name}/${one.id}`}
            columns={[
              { name: t("task.title"), cell: (one) => one.title },
              { name: t("stuck.error"), cell: (one) => one.stuck?.error ?? "—" },
              { name: t("at"), cell: (one) => <Time at={one.stuck?.at} /> },
              { name: "", cell: (one) => <button type="button" class="secondary" aria-busy={retry.busy} onClick={() => void retry.run(one.id)}>{t("retry")}</button> },
            ]}
          />
        </Section>
      ))}
    </Screen>
  );
}
