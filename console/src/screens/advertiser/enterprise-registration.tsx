// Registering an enterprise, and following its certification.
import { useState } from "preact/hooks";
import { api, ok, type Schemas } from "../../api/api-client";
import { useAct } from "../../api/request-hooks";
import { useMe } from "../../api/signed-in-user";
import { Facts, Screen, Section, Skeleton } from "../../components/screen-layout";
import { Pill } from "../../components/values/status-pill";
import { Time } from "../../components/values/money-and-time";
import { Field, Form } from "../../components/form";
import { say } from "../../components/toast";
import { named, t } from "../../i18n";

type Advertiser = Schemas["Advertiser"];

export function EnterpriseRegistration() {
  const me = useMe();
  if (!me.data) return <Skeleton />;
  const known = me.data.advertiser;
  if (!known) return <Screen title={t("register.title")}><Section><p class="soft">{t("register.intro")}</p><RegistrationForm /></Section></Screen>;
  const { certification } = known;
  return (
    <Screen title={known.name}>
      <Section title={<>{t("certification")} <Pill kind="certification_status" state={certification.status} /></>}>
        <Facts
          of={[
            { label: t("register.licence_no"), value: <code>{known.licence_no}</code> },
            { label: t("register.contact"), value: known.contact.name, hint: `${known.contact.phone} · ${known.contact.email}` },
            certification.due_at && { label: t("certification.due"), value: <Time at={certification.due_at} /> },
            certification.reason_code && { label: t("reason"), value: named("certification_reason", certification.reason_code), hint: certification.note ?? undefined },
          ]}
        />
        <p class="soft">{t(`certification.${certification.status}.hint`)}</p>
        {certification.status === "pending" && <a href="#/accounts">{t("accounts.browse")}</a>}
      </Section>
      {certification.status === "rejected" && (
        <Section title={t("register.correct")}>
          <RegistrationForm known={known} />
        </Section>
      )}
    </Screen>
  );
}

function RegistrationForm({ known }: { known?: Advertiser }) {
  const me = useMe();
  const [name, setName] = useState(known?.name ?? "");
  const [licence, setLicence] = useState(known?.licence_no ?? "");
  const [contact, setContact] = useState(known?.contact.name ?? "");
  const [phone, setPhone] = useState(known?.contact.phone ?? "");
  const [email, setEmail] = useState(known?.contact.email ?? "");
  const act = useAct(
    async (intent) => {
      const body = { name, licence_no: licence, contact: { name: contact, phone, email } };
      return known
        ? await ok(api.PUT("/v1/advertisers/me", { body }))
        : await ok(api.POST("/v1/advertisers", { body, params: { header: { "Idempotency-Key": intent.keyFor(body) } } }));
    },
    async () => {
      say(t("register.sent"));
      await me.reload();
    },
  );
  return (
    <Form act={act} submit={() => act.run()} button={t("register.submit")}>
      <div class="fields">
        <Field label={t("register.name")} pointer="/name" value={name} onValue={setName} required autofocus />
        <Field label={t("register.licence_no")} pointer="/licence_no" value={licence} onValue={setLicence} hint={t("register.licence_hint")} required />
      </div>
      <div class="fields">
        <Field label={t("register.contact")} pointer="/contact/name" value={contact} onValue={setContact} required />
        <Field label={t("register.phone")} pointer="/contact/phone" type="tel" value={phone} onValue={setPhone} required />
        <Field label={t("register.email")} pointer="/contact/email" type="email" value={email} onValue={setEmail} required />
      </div>
    </Form>
  );
}
