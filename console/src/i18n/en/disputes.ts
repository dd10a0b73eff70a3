// The texts of disputes.

/** Loaded with the first screen that is not a home. */
export const screens = {
  "dispute.by": "Opened by",
  "dispute.hint": "An auditor reads the statements of both sides and rules. Checks of the post go on meanwhile.",
  "dispute.open": "Open a dispute",
  "dispute.opened": "The dispute is open.",
  "dispute.statement": "Statement",
  "dispute.statements": "Statements",
  "dispute.urls": "URLs of evidence, one per line",
  "disputes.empty": "There are no disputes.",
  ruling: "Ruling",
  "ruling.outcome": "Outcome",
  "ruling.pay": "Pay the creator",
  "ruling.refund": "Refund the advertiser",
  "ruling.send": "Rule",
  "ruling.share": "Share of the creator",
  "ruling.split": "Split",
  sent: "Sent.",
} as const;
