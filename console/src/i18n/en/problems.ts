// The titles of the API's problems.

/** Loaded with the first page. */
export const firstPage = {
  "problem.advertiser_not_certified": "Certification comes first",
  "problem.already_decided": "A decision has already been made",
  "problem.already_exists": "The resource already exists",
  "problem.body_invalid": "Some fields are wrong",
  "problem.conflict_of_interest": "You may not decide about your own",
  "problem.content_forbidden": "This may not be advertised",
  "problem.forbidden": "Your role may not do this",
  "problem.frequency_cap": "Too many posts close together",
  "problem.insufficient_funds": "The balance does not cover this",
  "problem.internal_error": "An internal error occurred",
  "problem.lost": "No connection",
  "problem.lost_hint": "The request may or may not have arrived. Trying again is safe: it acts only once.",
  "problem.not_found": "Not found",
  "problem.ownership_not_proven": "The account does not show the code",
  "problem.post_check_failed": "The post differs from what was agreed",
  "problem.rate_limited": "Too many requests; wait a moment",
  "problem.revision_changed": "This has changed since you read it",
  "problem.state_conflict": "This is not possible now",
  "problem.topup_too_small": "The top-up is too small",
  "problem.upload_failed": "The upload failed",
  "problem.upstream_unavailable": "A service does not answer; try again",
  "problem.window_not_open": "The window is not open",
  "problem.withdrawal_too_small": "The withdrawal is too small",
} as const;
