// The dialog that asks for the reason and the note of a decision in a queue of staff.
import { useState } from "preact/hooks";
import type { Act } from "../../api/request-hooks";
import { choices, t } from "../../i18n";
import { Dialog } from "../dialog";
import { Field, Form } from "../form";

interface DialogProps {
  title: string;
  isRejection: boolean;
  reasons: string | undefined;
  decide: Pick<Act<never[], unknown>, "busy" | "problem">;
  close: () => void;
  send: (reason: string | undefined, note: string) => Promise<void>;
}

/** Ask for the reason and the note of a decision. */
export function DecisionDialog({ title, isRejection, reasons, decide, close, send }: DialogProps) {
  const options = reasons ? choices(reasons) : [];
  const [reason, setReason] = useState(options[0]?.value);
  const [note, setNote] = useState("");
  return (
    <Dialog title={title} close={close}>
      <Form act={decide} submit={() => send(reason, note)} button={title} danger={isRejection} cancel={close}>
        {options.length > 0 && (
          <fieldset
            class="choice"
            onKeyDown={(event) => {
              const option = options[Number(event.key) - 1];
              if (option) setReason(option.value);
            }}
          >
            <legend>{t("reason")}</legend>
            {options.map((option, i) => (
              <label class="check">
                <input type="radio" name="reason" value={option.value} checked={option.value === reason} autoFocus={i === 0} onChange={() => setReason(option.value)} />
                <kbd>{i + 1}</kbd> {option.text}
              </label>
            ))}
          </fieldset>
        )}
        <Field label={reasons ? t("note.optional") : t("note")} pointer="/note" area rows={3} value={note} onValue={setNote} required={!reasons} autofocus={!reasons} maxLength={1000} />
      </Form>
    </Dialog>
  );
}
