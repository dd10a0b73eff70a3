// The columns of a table that compares accounts for one kind of order.
import { Count, Money } from "../../components/values/money-and-time";
import { Stars } from "../../components/values/grade-stars";
import { PriceBar } from "../../components/values/charts";
import type { Column } from "../../components/table";
import { percent } from "../../format";
import { named, t } from "../../i18n";
import type { Account } from "./chosen-accounts";

type Kind = "post" | "repost";

/** The columns for comparing accounts for one kind of order. */
export function columnsFor(kind: Kind): Column<Account>[] {
  return [
    {
      name: t("account"),
      cell: (account) => (
        <>
          {account.handle} <small>{named("category", account.category)}</small>
        </>
      ),
    },
    { name: t("grade"), cell: (account) => <Stars grade={account.grade} /> },
    { name: t("followers"), number: true, cell: (account) => <Count of={account.metrics?.followers} /> },
    { name: t("reads"), number: true, cell: (account) => <Count of={account.metrics?.reads_avg_30d} />, minor: true },
    { name: t("price"), number: true, cell: (account) => <Money of={account.effective_prices[kind]} /> },
    { name: t("price.advised"), cell: (account) => <PriceBar band={account.advised_price?.[kind]} own={account.effective_prices[kind]} />, minor: true },
    { name: t("cpm"), number: true, cell: (account) => <Money of={costPerThousand(account, kind)} />, minor: true },
    { name: t("acceptance"), number: true, cell: (account) => percent(account.acceptance_rate), minor: true },
  ];
}

function costPerThousand(account: Account, kind: Kind) {
  const price = account.effective_prices[kind];
  const reads = account.metrics?.reads_avg_30d;
  return price && reads ? { ...price, amount: Math.round((price.amount * 1_000) / reads) } : null;
}
