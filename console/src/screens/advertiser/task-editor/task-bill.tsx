// The bill of the task that is edited, and the balance after it.
import type { Money as MoneyValue, Schemas } from "../../../api/api-client";
import { Money } from "../../../components/values/money-and-time";
import { money } from "../../../format";
import { t } from "../../../i18n";

export function TaskBill({ quote, total, available }: { quote: Schemas["Quote"] | undefined; total: MoneyValue | null | undefined; available: MoneyValue | undefined }) {
  const after = total && available ? { ...available, amount: available.amount - total.amount } : undefined;
  return (
    <table class="bill">
      <tbody>
        {quote?.lines.slice(0, 12).map((line) => (
          <tr>
            <td>{line.handle}</td>
            <td>
              <Money of={line.price} />
            </td>
          </tr>
        ))}
        {(quote?.lines.length ?? 0) > 12 && (
          <tr>
            <td colSpan={2}>{t("n_more", { count: quote!.lines.length - 12 })}</td>
          </tr>
        )}
        <tr class="total">
          <td>{t("total")}</td>
          <td>
            <Money of={total} />
          </td>
        </tr>
        {quote && (
          <tr>
            <td>
              <small>{t("commission.included", { amount: money(quote.commission) })}</small>
            </td>
            <td />
          </tr>
        )}
        <tr>
          <td>{t("wallet.available")}</td>
          <td>
            <Money of={available} />
          </td>
        </tr>
        {after && (
          <tr>
            <td>{t("bill.after")}</td>
            <td class={after.amount < 0 ? "fault" : ""}>
              <Money of={after} />
            </td>
          </tr>
        )}
      </tbody>
    </table>
  );
}
