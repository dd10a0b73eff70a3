// The texts of the administrator's screens: health, regrades, decisions, stuck workflows.

/** Loaded with the first page. */
export const firstPage = {
  "clock.hint": "Every deadline that the clock passes takes effect.",
  "clock.hours": "Hours forward",
  "clock.move": "Move the clock",
  "clock.moved": "The clock has moved; workflows follow within seconds.",
  "clock.title": "Clock of the sandbox",
  "health.methodology": "Methodology",
  "health.ok": "Works",
  "health.table": "Table {{name}}",
  "health.version": "Version",
} as const;

/** Loaded with the first screen that is not a home. */
export const screens = {
  "decision.account": "Account",
  "decision.advertiser": "Enterprise",
  "decision.dispute": "Dispute",
  "decision.grade_appeal": "Appeal of a grade",
  "decision.suspense": "Suspense",
  "decision.task": "Task",
  "decision.withdrawal": "Withdrawal",
  "decisions.by": "Decided by",
  "decisions.outcome": "Outcome",
  "decisions.subject": "Id of the subject",
  "execution.failed": "Failed",
  "execution.running": "Running",
  "execution.succeeded": "Done",
  "regrade.down": "Down",
  "regrade.ended": "Ended",
  "regrade.hint": "Every account is graded anew, as every night.",
  "regrade.progress": "{{done}} of {{all}} segments",
  "regrade.run": "Run",
  "regrade.running": "running",
  "regrade.start": "Regrade now",
  "regrade.up": "Up",
  regrades: "Regrades",
  "regrades.empty": "No regrade has run yet. One runs every night.",
  "stuck.error": "Error",
  "stuck.none": "Nothing is stuck.",
  "stuck.retried": "It runs again.",
} as const;
