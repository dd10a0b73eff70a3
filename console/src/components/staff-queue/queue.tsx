// A queue of staff, one item at a time, with the keys of keyboard-shortcuts.ts. What is decided is the revision that was read.
// An item is claimed while it is shown; the queue starts with an item that no other user has claimed.
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Act, Pages } from "../../api/data";
import { useClaim, useOthersClaims, type QueueName } from "../../api/claims";
import { useMe } from "../../api/me";
import { choices, t } from "../../i18n";
import { Deadline, Empty, ProblemNotice, Screen, Section, Skeleton } from "../basics";
import { Dialog } from "../dialog";
import { Field, Form } from "../form";
import { QUEUE_KEYS, useQueueShortcuts } from "./keyboard-shortcuts";

export type Decision = "approved" | "rejected";
interface Item {
  revision: number;
  due_at?: string | null;
}

interface Props<T extends Item> {
  title: string;
  queue: QueueName;
  pages: Pages<T>;
  id: (item: T) => string;
  name: (item: T) => string;
  /** The group of the catalogue with the reasons of a rejection. Without it every decision needs a note, and no reason. */
  reasons?: string;
  decide: Act<[item: T, decision: Decision, reason?: string, note?: string], unknown>;
  children: (item: T) => ComponentChildren;
  aside?: (item: T) => ComponentChildren;
  /** The name of the approval. */
  approval?: string;
}

export function Queue<T extends Item>({ title, queue, pages, id, name, reasons, decide, children, aside, approval = t("approve") }: Props<T>) {
  const me = useMe();
  const [at, setAt] = useState<string>();
  const [explaining, setExplaining] = useState<Decision>();
  const items = pages.data ?? [];
  const others = useOthersClaims(queue);
  const chosen = items.findIndex((item) => id(item) === at);
  const free = items.findIndex((item) => !others?.has(id(item)));
  const index = Math.max(0, chosen >= 0 ? chosen : free);
  const item = items[index];
  const shown = item && id(item);
  const isTaken = useClaim(queue, others && shown);
  useEffect(() => {
    if (others && at === undefined && shown) setAt(shown); // what others claim later does not change what is shown
  }, [!!others, shown]);
  const next = (): void => {
    setExplaining(undefined);
    decide.clear();
    setAt(items[(index + 1) % items.length] && id(items[(index + 1) % items.length]!));
  };
  const done = async (decision: Decision, reason?: string, note?: string): Promise<void> => {
    if (!item) return;
    const following = items[index + 1] ?? items[index - 1];
    const result = await decide.run(item, decision, reason, note);
    if (result === undefined) return;
    setExplaining(undefined);
    setAt(following && id(following));
    await Promise.all([pages.reload(), me.reload()]);
  };
  const approve = (): void => (reasons ? void done("approved") : setExplaining("approved"));
  const reject = (): void => setExplaining("rejected");
  useQueueShortcuts({ approve, reject, next });
  if (pages.problem) return <ProblemNotice problem={pages.problem} retry={() => void pages.reload()} />;
  if (!pages.data) return <Skeleton rows={6} />;
  if (!item)
    return (
      <Screen title={title}>
        <Empty text={t("queue.empty")} />
      </Screen>
    );
  return (
    <Screen
      title={title}
      actions={
        <>
          <button type="button" class="secondary" onClick={next}>
            {t("queue.skip")} <kbd>{QUEUE_KEYS.next}</kbd>
          </button>
          <button type="button" class="secondary" onClick={reject}>
            {t("reject")} <kbd>{QUEUE_KEYS.reject}</kbd>
          </button>
          <button type="button" aria-busy={decide.busy} onClick={approve}>
            {approval} <kbd>{QUEUE_KEYS.approve}</kbd>
          </button>
        </>
      }
    >
      <p class="soft" role="status">
        {t("queue.position", { n: index + 1, of: items.length })} {pages.more && "+"}
      </p>
      {isTaken && <p class="notice">{t("queue.taken")}</p>}
      {!explaining && <ProblemNotice problem={decide.problem} retry={decide.problem?.code === "revision_changed" ? () => void pages.reload().then(decide.clear) : undefined} />}
      <div class="side-by-side">
        <div>
          <Section
            title={name(item)}
            actions={
              <>
                {t("due")} <Deadline at={item.due_at} />
              </>
            }
          >
            {children(item)}
          </Section>
        </div>
        <aside>
          {aside?.(item)}
          <Section title={t("queue.items")}>
            <ul class="waiting">
              {items.slice(0, 20).map((one) => (
                <li>
                  <a
                    href="#"
                    aria-current={one === item ? "true" : undefined}
                    onClick={(event) => {
                      event.preventDefault();
                      setAt(id(one));
                    }}
                  >
                    <span>
                      {name(one)} {others?.has(id(one)) && <small>{t("queue.claimed")}</small>}
                    </span>{" "}
                    <Deadline at={one.due_at} />
                  </a>
                </li>
              ))}
            </ul>
          </Section>
        </aside>
      </div>
      {explaining && <DecisionDialog title={explaining === "approved" ? approval : t("reject")} isRejection={explaining === "rejected"} reasons={reasons} decide={decide} close={() => (decide.clear(), setExplaining(undefined))} send={(reason, note) => done(explaining, reason, note)} />}
    </Screen>
  );
}

interface DialogProps {
  title: string;
  isRejection: boolean;
  reasons: string | undefined;
  decide: Pick<Act<never[], unknown>, "busy" | "problem">;
  close: () => void;
  send: (reason: string | undefined, note: string) => Promise<void>;
}

/** Ask for the reason and the note of a decision. */
function DecisionDialog({ title, isRejection, reasons, decide, close, send }: DialogProps) {
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
