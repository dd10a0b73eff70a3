// What the histories of an enterprise and of an account share: counts, disputes, decisions.
import type { Schemas } from "../../api/api-client";
import { Pill } from "../../components/values/status-pill";
import { Section } from "../../components/screen-layout";
import { Time } from "../../components/values/money-and-time";
import { Table } from "../../components/table";
import { number } from "../../format";
import { named, t } from "../../i18n";

export function PastCounts({ of, kind, more }: { of: Record<string, unknown>; kind: string; more: boolean }) {
  const some = Object.entries(of).filter((one): one is [string, number] => typeof one[1] === "number" && one[1] > 0);
  if (!some.length) return <p class="soft">{t("history.nothing")}</p>;
  return (
    <p class="soft">
      {some.map(([status, count]) => `${named(kind, status)} ${number(count)}`).join(" · ")}
      {more && " +"}
    </p>
  );
}

export function PastDisputes({ of }: { of: Schemas["PastDispute"][] }) {
  if (!of.length) return null;
  return (
    <Section title={t("nav.disputes")}>
      <Table
        label={t("nav.disputes")}
        rows={of}
        id={(dispute) => dispute.id}
        href={(dispute) => `#/disputes/${dispute.id}`}
        columns={[
          { name: t("reason"), cell: (dispute) => named("dispute_reason", dispute.reason_code) },
          { name: t("status"), cell: (dispute) => <Pill kind="dispute_status" state={dispute.status} /> },
        ]}
      />
    </Section>
  );
}

export function PastDecisions({ of }: { of: Schemas["Decision"][] }) {
  if (!of.length) return null;
  return (
    <Section title={t("nav.decisions")}>
      <ol class="timeline">
        {of.map((one) => (
          <li class="done">
            {named("outcome", one.outcome)} {one.reason_code && <span class="soft">· {reasonText(one.reason_code)}</span>}
            <small>
              <Time at={one.decided_at} absolute /> {one.note && `· ${one.note}`}
            </small>
          </li>
        ))}
      </ol>
    </Section>
  );
}

const REASON_GROUPS = ["review_reason", "certification_reason", "admission_reason", "revocation_reason", "stop_reason", "dispute_reason"];

/** Return the text of a reason of whatever group names it. */
export function reasonText(code: string): string {
  const raw = code.replaceAll("_", " ");
  return REASON_GROUPS.map((group) => named(group, code)).find((text) => text !== raw) ?? raw;
}
