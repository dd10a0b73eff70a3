// A status as a word with a dot.
import { named } from "../../i18n";

const TONES: Record<string, string> = {
  draft: "neutral", in_review: "wait", rejected: "bad", running: "good", completed: "good", cancelled: "neutral", stopped: "bad",
  pending: "wait", offered: "wait", accepted: "good", declined: "neutral", lapsed: "neutral", published: "good", failed: "bad",
  disputed: "bad", admitted: "good", approved: "good", revoked: "bad", unclaimed: "neutral", open: "wait", granted: "good",
  requested: "wait", paid: "good", credited: "good", returned: "neutral", expired: "neutral", ordered: "good", clean: "good",
  differences: "bad", verified: "good", code_given: "wait", unverified: "neutral", withdrawn: "neutral", submitted: "wait",
  changes_requested: "wait", refunded: "neutral", split: "neutral", unruled: "neutral", missed: "bad", upheld: "bad", unconfirmed: "wait", ok: "good", incomplete: "wait", ready: "good", stuck: "bad", gone: "bad",
};

/** A state: a word with a dot, never a colour alone. */
export function Pill({ kind, state }: { kind: string; state: string | null | undefined }) {
  if (!state) return <span>—</span>;
  return <span class={`pill ${TONES[state] ?? "neutral"}`}>{named(kind, state)}</span>;
}
