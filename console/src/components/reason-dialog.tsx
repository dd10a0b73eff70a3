// A dialog that asks for a reason and a note before something is done.
import { useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import type { Act } from "../api/request-hooks";
import { choices, t } from "../i18n";
import { Dialog } from "./dialog";
import { Field, Form } from "./form";

interface Props {
  title: string;
  group: string;
  button: string;
  act: Act<[{ reason_code: string; note?: string }], unknown>;
  close: () => void;
  danger?: boolean;
  noteRequired?: boolean;
  children?: ComponentChildren;
}

export function ReasonDialog({ title, group, button, act, close, danger = true, noteRequired, children }: Props) {
  const options = choices(group);
  const [code, setCode] = useState(options[0]?.value ?? "other");
  const [note, setNote] = useState("");
  return (
    <Dialog title={title} close={close}>
      <Form act={act} danger={danger} button={button} cancel={close} submit={() => act.run({ reason_code: code, ...(note ? { note } : {}) })}>
        {children}
        <Field label={t("reason")} pointer="/reason_code" value={code} onValue={setCode} options={options} />
        <Field label={noteRequired ? t("note") : t("note.optional")} pointer="/note" area rows={3} value={note} onValue={setNote} required={noteRequired} maxLength={1000} />
      </Form>
    </Dialog>
  );
}
