// The tray below a search: the chosen accounts, what they cost together, and what to do with them.
import { useState } from "preact/hooks";
import { api, ok } from "../../api/api-client";
import { useData } from "../../api/request-hooks";
import { Count, Money } from "../../components/values/money-and-time";
import { number } from "../../format";
import { t } from "../../i18n";
import { link } from "../../frame/address-and-filters";
import { chosen, clear } from "./chosen-accounts";
import { AddToShortlistDialog } from "./add-to-shortlist-dialog";

type Kind = "post" | "repost";

/** What is chosen: how many accounts, what they cost together, and what to do with them. */
export function ChosenAccountsTray({ kind }: { kind: Kind }) {
  const accounts = [...chosen.value.values()];
  const ids = accounts.map((account) => account.id);
  const orderable = accounts.filter((account) => account.orderable).map((account) => account.id);
  const quote = useData(orderable.length ? `quote:${kind}:${orderable.join()}` : null, () => ok(api.POST("/v1/quotes", { body: { kind, account_ids: orderable } })));
  const reads = accounts.reduce((sum, account) => sum + (account.metrics?.reads_avg_30d ?? 0), 0);
  const [listing, setListing] = useState(false);
  return (
    <div class="tray" role="region" aria-label={t("tray")}>
      <b>{t("n_accounts", { count: ids.length, n: number(ids.length) })}</b>
      <span>
        {t("total")} <Money of={quote.data?.total} /> <small>{t("commission.included", { amount: "" })}</small>
      </span>
      <span>
        {t("reads")} <Count of={reads} />
      </span>
      <span class="grow" />
      <button type="button" class="quiet" onClick={clear}>
        {t("clear")}
      </button>
      {ids.length >= 2 && ids.length <= 5 && (
        <a role="button" class="secondary" href={link("/compare", { accounts: ids.join(","), kind })}>
          {t("compare")}
        </a>
      )}
      <button type="button" class="secondary" onClick={() => setListing(true)}>
        {t("shortlist.add")}
      </button>
      {orderable.length > 0 && (
        <a role="button" href={link("/tasks/new", { accounts: orderable.join(","), kind })}>
          {t("task.new")}
        </a>
      )}
      {orderable.length < ids.length && <small>{t("tray.not_orderable", { count: ids.length - orderable.length })}</small>}
      {quote.problem && <small class="fault">{quote.problem.detail}</small>}
      {listing && <AddToShortlistDialog ids={ids} close={() => setListing(false)} />}
    </div>
  );
}
