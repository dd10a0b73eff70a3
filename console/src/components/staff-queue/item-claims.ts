// Claims of the items of a queue: advice to other staff that someone reads an item.
import { useEffect, useState } from "preact/hooks";
import { api, ok, Problem, type Schemas } from "../../api/api-client";
import { useData } from "../../api/request-hooks";

export type QueueName = Schemas["ClaimIn"]["queue"];

/** Load which items of a queue other staff have claimed. */
export function useOthersClaims(queue: QueueName): Set<string> | undefined {
  const claims = useData(`claims:${queue}`, () => ok(api.GET("/v1/claims", { params: { query: { queue, limit: 100 } } })), 30);
  if (claims.problem) return new Set(); // a claim is advice; without them the queue works
  return claims.data && new Set(claims.data.data.filter((claim) => !claim.mine).map((claim) => claim.subject_id));
}

/** Claim an item while it is shown, and release it afterwards. Return true while another user has claimed it. */
export function useClaim(queue: QueueName, id: string | undefined): boolean {
  const [taken, setTaken] = useState(false);
  useEffect(() => {
    setTaken(false);
    if (!id) return;
    let shown = true;
    const claimed = ok(api.POST("/v1/claims", { body: { queue, subject_id: id } })).then(
      () => true,
      (error: unknown) => {
        if (shown && error instanceof Problem && error.code === "claimed") setTaken(true);
        return false;
      },
    );
    return () => {
      shown = false;
      void claimed.then((mine) => (mine ? release(id) : undefined));
    };
  }, [id]);
  return taken;
}

async function release(id: string): Promise<void> {
  await api.DELETE("/v1/claims/{subject_id}", { params: { path: { subject_id: id } } }).catch(() => undefined); // it ends by itself, too
}
