// A refused or lost request: what happened, what to do, and the id of the request.
import { isNamed, named, t, translated } from "../i18n";
import type { Problem } from "../api/api-client";
import { Copy } from "./values/copy-button";
import { shownAtField } from "./screen-layout";

/** What happened, in the user's language if the console names it. */
export function titleOf(problem: Problem): string {
  if (problem.status === 0) return t("problem.lost");
  return isNamed("problem", problem.code) ? named("problem", problem.code) : problem.title;
}

/** A refusal: what happened, what to do, and the id of the request. */
export function ProblemNotice({ problem, retry }: { problem: Problem | undefined; retry?: () => void }) {
  if (!problem) return null;
  const lost = problem.status === 0;
  return (
    <div class="notice bad" role="alert">
      <strong>{titleOf(problem)}</strong>
      <p lang={lost ? undefined : "en"}>{lost ? t("problem.lost_hint") : problem.detail}</p>
      {problem.faults.filter((fault) => !shownAtField(fault.pointer)).map((fault) => (
        <p>
          <code>{fault.pointer}</code> {translated("fault", fault.code, fault.message)}
        </p>
      ))}
      <p class="row">
        {retry && (
          <button type="button" class="secondary" onClick={retry}>
            {t("retry")}
          </button>
        )}
        {problem.requestId && (
          <small>
            {t("request_id")} <Copy text={problem.requestId} />
          </small>
        )}
      </p>
    </div>
  );
}
