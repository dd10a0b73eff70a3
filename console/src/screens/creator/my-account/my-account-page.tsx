// One account of the creator: its figures, above the parts of the other files in this folder.
import { useState } from "preact/hooks";
import { api, ok, type Schemas } from "../../../api/api-client";
import { useAct, useData } from "../../../api/request-hooks";
import { useMe } from "../../../api/signed-in-user";
import { Copy } from "../../../components/values/copy-button";
import { Facts, Screen, Section, Skeleton } from "../../../components/screen-layout";
import { Pill } from "../../../components/values/status-pill";
import { ProblemNotice } from "../../../components/problem-notice";
import { Stars } from "../../../components/values/grade-stars";
import { Dialog } from "../../../components/dialog";
import { Form } from "../../../components/form";
import { say } from "../../../components/toast";
import { number } from "../../../format";
import { named, t } from "../../../i18n";
import { navigate } from "../../../frame/address-and-filters";
import { GradeExplanation, GradeHistory } from "../../accounts/grade-explanation";
import { ReadsPerPost } from "../../accounts/reads-per-post";
import { OwnershipProof } from "./ownership-proof";
import { OwnPrices } from "./own-prices";
import { PublishingPermission } from "./publishing-permission";
import { GradeAppeals } from "./grade-appeals";

type Account = Schemas["Account"];

export function MyAccountPage({ params }: { params: { id: string } }) {
  const me = useMe();
  const account = useData(`account:${params.id}`, () => ok(api.GET("/v1/accounts/{account_id}", { params: { path: { account_id: params.id } } })), 20);
  if (account.problem && !account.data) return <ProblemNotice problem={account.problem} retry={() => void account.reload()} />;
  if (!account.data) return <Skeleton rows={6} />;
  const one = account.data;
  const changed = async (next?: Account): Promise<void> => {
    if (next) account.put(next);
    await Promise.all([account.reload(), me.reload()]);
  };
  return (
    <Screen title={one.handle} crumb={{ to: "/my-accounts", text: t("nav.my_accounts") }}>
      <Section>
        <Facts
          of={[
            { label: t("status"), value: <Pill kind="account_status" state={one.status} />, hint: one.admission?.reason_code ? named("admission_reason", one.admission.reason_code) : one.admission?.due_at && one.status === "pending" ? t("account.pending") : undefined },
            { label: t("grade"), value: <Stars grade={one.grade} />, hint: one.score != null ? t("score.of", { score: number(one.score, 1) }) : undefined },
            { label: t("followers"), value: number(one.metrics?.followers) },
            { label: t("reads"), value: <ReadsPerPost of={one} /> },
            { label: t("category"), value: named("category", one.category) },
          ]}
        />
        <Copy text={one.id} />
      </Section>
      {one.ownership && one.ownership.status !== "verified" && <OwnershipProof account={one} changed={changed} />}
      <OwnPrices account={one} changed={changed} />
      <PublishingPermission account={one} changed={changed} />
      <GradeExplanation id={one.id} />
      <GradeHistory id={one.id} />
      <GradeAppeals account={one} />
      <Unbind account={one} />
    </Screen>
  );
}

function Unbind({ account }: { account: Account }) {
  const me = useMe();
  const [open, setOpen] = useState(false);
  const act = useAct(
    async () => await ok(api.DELETE("/v1/accounts/{account_id}", { params: { path: { account_id: account.id } } })),
    async () => (say(t("account.unbound")), await me.reload(), navigate("/my-accounts")),
  );
  return (
    <p>
      <button type="button" class="quiet" onClick={() => setOpen(true)}>{t("account.unbind")}</button>
      {open && (
        <Dialog title={t("account.unbind")} close={() => setOpen(false)}>
          <Form act={act} submit={() => act.run()} button={t("account.unbind")} danger cancel={() => setOpen(false)}>
            <p>{t("account.unbind_hint")}</p>
          </Form>
        </Dialog>
      )}
    </p>
  );
}
