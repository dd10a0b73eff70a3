// The user's accounts at providers that pay out only to accounts which they have opened: their state, and the page that completes them.
import { useState } from "preact/hooks";
import { providers } from "../../api/catalogue";
import { api, ok, Problem, type Schemas } from "../../api/api-client";
import { useAct, useData } from "../../api/request-hooks";
import { Dialog } from "../../components/dialog";
import { Facts, Section, Skeleton } from "../../components/screen-layout";
import { Pill } from "../../components/values/status-pill";
import { ProblemNotice } from "../../components/problem-notice";
import { Time } from "../../components/values/money-and-time";
import { Field, Form } from "../../components/form";
import { country } from "../../format";
import { named, t } from "../../i18n";

type Side = "advertiser" | "creator";
type Payee = Schemas["Payee"];

/** Load the user's account at a provider; null if none has been opened. */
export function usePayee(side: Side, provider: string | undefined) {
  return useData<Payee | null>(
    provider ? `payee:${side}:${provider}` : null,
    async () => {
      try {
        return await ok(api.GET("/v1/wallet/payees/{provider}", { params: { path: { provider: provider! }, query: { as: side } } }));
      } catch (error) {
        if (error instanceof Problem && error.status === 404) return null;
        throw error;
      }
    },
    30,
  );
}

export function PayoutAccounts({ side }: { side: Side }) {
  return (
    <>
      {providers.value.filter((one) => one.opens_accounts).map((one) => (
        <PayeeAt key={one.name} side={side} provider={one.name} />
      ))}
    </>
  );
}

function PayeeAt({ side, provider }: { side: Side; provider: string }) {
  const payee = usePayee(side, provider);
  const [link, setLink] = useState<Schemas["OnboardingLink"]>();
  const name = named("provider_name", provider);
  const open = useAct(
    async (intent, code: string) => {
      const body = { country: code, provider };
      return await ok(api.POST("/v1/wallet/payees", { params: { query: { as: side }, header: { "Idempotency-Key": intent.keyFor(body) } }, body }));
    },
    (opened) => (payee.put(opened), setLink(opened.onboarding ?? undefined)),
  );
  const one = payee.data;
  return (
    <Section title={t("payees.at", { provider: name })}>
      <ProblemNotice problem={payee.problem} retry={() => void payee.reload()} />
      {one === undefined && !payee.problem && <Skeleton rows={2} />}
      {one === null && <Open name={name} act={open} />}
      {one && (
        <>
          <Facts
            of={[
              { label: t("status"), value: <Pill kind="payee_status" state={one.status} /> },
              { label: t("country"), value: country(one.country) },
              one.missing.length > 0 && { label: t("payees.missing"), value: one.missing.length },
            ]}
          />
          <p class="soft">{t(`payees.${one.status}`, { provider: name })}</p>
          {one.status === "incomplete" && (
            <>
              <ProblemNotice problem={open.problem} />
              <button type="button" aria-busy={open.busy} onClick={() => void open.run(one.country)}>
                {t("payees.continue", { provider: name })}
              </button>
            </>
          )}
        </>
      )}
      {link && (
        <Dialog title={t("payees.at", { provider: name })} close={() => setLink(undefined)}>
          <p>{t("payees.link_hint", { provider: name })}</p>
          <p class="row">
            <a role="button" href={link.url} target="_blank" rel="noreferrer" onClick={() => setLink(undefined)}>
              {t("payees.go", { provider: name })}
            </a>
            <small>
              {t("expires")} <Time at={link.expires_at} />
            </small>
          </p>
        </Dialog>
      )}
    </Section>
  );
}

/** Opening the account: the country decides what the provider asks for, and cannot be changed later. */
function Open({ name, act }: { name: string; act: ReturnType<typeof useAct<[string], Payee>> }) {
  const [code, setCode] = useState(new Intl.Locale(navigator.language).region ?? "");
  return (
    <Form act={act} submit={() => act.run(code)} button={t("payees.open")}>
      <p class="soft">{t("payees.hint", { provider: name })}</p>
      <Field label={t("country")} pointer="/country" value={code} onValue={(text) => setCode(text.toUpperCase())} maxLength={2} required hint={country(code) || t("country.hint")} />
    </Form>
  );
}
