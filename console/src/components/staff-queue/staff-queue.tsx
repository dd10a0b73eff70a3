// A queue of staff, one item at a time: `a` approves, `r` rejects, `n` goes to the next. What is decided is the revision that was read.
// An item is claimed while it is shown; the queue starts with an item that no other user has claimed.
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Act, Pages } from "../../api/request-hooks";
import { useClaim, useOthersClaims, type QueueName } from "./item-claims";
import { useMe } from "../../api/signed-in-user";
import { t } from "../../i18n";
import { Deadline } from "../values/money-and-time";
import { Empty, Screen, Section, Skeleton } from "../screen-layout";
import { ProblemNotice } from "../problem-notice";
import { QUEUE_KEYS, useQueueShortcuts } from "./keyboard-shortcuts";
import { DecisionDialog } from "./decision-dialog";

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

export function StaffQueue<T extends Item>({ title, queue, pages, id, name, reasons, decide, children, aside, approval = t("approve") }: Props<T>) {
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
