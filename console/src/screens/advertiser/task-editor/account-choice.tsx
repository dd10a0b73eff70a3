// The accounts of a task: chosen ones with reserves, or the conditions of an open call.
import { api, ok, type Schemas } from "../../../api/api-client";
import { useData } from "../../../api/request-hooks";
import { Empty } from "../../../components/screen-layout";
import { Money } from "../../../components/values/money-and-time";
import { ProblemNotice } from "../../../components/problem-notice";
import { Field } from "../../../components/form";
import { choices, t } from "../../../i18n";
import { link } from "../../../frame/address-and-filters";
import type { TaskFormValues } from "./task-form-values";

export function ChosenAccounts({ draft, set, quote }: { draft: TaskFormValues; set: (changed: Partial<TaskFormValues>) => void; quote: Schemas["Quote"] | undefined }) {
  if (!draft.accounts.length)
    return (
      <Empty text={t("task.no_accounts")}>
        <a role="button" class="secondary" href={link("/accounts", { kind: draft.kind })}>
          {t("accounts.find")}
        </a>
      </Empty>
    );
  const handle = (id: string): string => quote?.lines.find((line) => line.account_id === id)?.handle ?? id;
  return (
    <div data-pointer="/account_ids">
      <ul class="waiting">
        {draft.accounts.map((id) => (
          <li class="row between">
            <a href={`#/accounts/${id}`}>{handle(id)}</a>
            <Money of={quote?.lines.find((line) => line.account_id === id)?.price} />
            <button type="button" class="quiet" aria-label={t("remove.of", { name: handle(id) })} onClick={() => set({ accounts: draft.accounts.filter((one) => one !== id) })}>
              {t("remove")}
            </button>
            {draft.accounts.length > 1 && (
              <button type="button" class="quiet" aria-label={t("reserve.make_of", { name: handle(id) })} onClick={() => set({ accounts: draft.accounts.filter((one) => one !== id), reserves: [...draft.reserves, id] })}>
                {t("reserve.make")}
              </button>
            )}
          </li>
        ))}
      </ul>
      <p>
        <a href={link("/accounts", { kind: draft.kind })}>{t("accounts.more")}</a>
      </p>
      <Reserves draft={draft} set={set} />
    </div>
  );
}

/** Accounts that are offered an order in place of those that decline or do not answer, in this order. */
function Reserves({ draft, set }: { draft: TaskFormValues; set: (changed: Partial<TaskFormValues>) => void }) {
  const ids = draft.reserves;
  const quote = useData(ids.length ? `quote:${draft.kind}:${ids.join()}` : null, () => ok(api.POST("/v1/quotes", { body: { kind: draft.kind, account_ids: ids } })));
  const line = (id: string) => quote.data?.lines.find((one) => one.account_id === id);
  const without = (id: string): string[] => ids.filter((one) => one !== id);
  return (
    <div data-pointer="/reserve_account_ids">
      <h3>{t("reserves")}</h3>
      <p class="soft">{t("reserves.hint")}</p>
      <ProblemNotice problem={quote.problem} />
      <ol class="waiting">
        {ids.map((id, i) => {
          const name = line(id)?.handle ?? id;
          return (
            <li class="row between">
              <span>
                {i + 1}. <a href={`#/accounts/${id}`}>{name}</a>
              </span>
              <Money of={line(id)?.price} />
              {i > 0 && (
                <button type="button" class="quiet" aria-label={t("reserve.up_of", { name })} onClick={() => set({ reserves: [...ids.slice(0, i - 1), id, ids[i - 1]!, ...ids.slice(i + 1)] })}>
                  ↑
                </button>
              )}
              <button type="button" class="quiet" onClick={() => set({ reserves: without(id), accounts: [...draft.accounts, id] })}>
                {t("reserve.use")}
              </button>
              <button type="button" class="quiet" aria-label={t("remove.of", { name })} onClick={() => set({ reserves: without(id) })}>
                {t("remove")}
              </button>
            </li>
          );
        })}
      </ol>
    </div>
  );
}

export function CallFields({ draft, set }: { draft: TaskFormValues; set: (changed: Partial<TaskFormValues>) => void }) {
  const any = { value: "", text: t("any") };
  return (
    <div class="fields">
      <Field label={t("budget")} pointer="/call/budget" inputMode="decimal" value={draft.budget} onValue={(budget) => set({ budget })} suffix={t("currency")} required />
      <Field label={t("category")} pointer="/call/category" value={draft.category} onValue={(category) => set({ category })} options={[any, ...choices("category")]} />
      <Field label={t("grade.min")} pointer="/call/grade_min" value={draft.grade} onValue={(grade) => set({ grade })} options={[any, ...choices("grade")]} />
      <Field label={t("followers.min")} pointer="/call/followers_min" inputMode="numeric" value={draft.followers} onValue={(text) => set({ followers: text.replace(/\D/g, "") })} />
    </div>
  );
}
