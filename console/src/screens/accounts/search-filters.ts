// The filters of the account search, as the address has them and as the API takes them.
import { readMoney } from "../../format";
import type { Account } from "./chosen-accounts";

type Kind = "post" | "repost";
export type Sort = "grade" | "-grade" | "followers" | "-followers" | "price" | "-price" | "value" | "-value";

/** The filters of the address as the query of the API. */
export function searchQuery(filters: Record<string, string>) {
  const fen = (text: string | undefined): number | undefined => (text ? readMoney(text)?.amount : undefined);
  return {
    kind: (filters.kind as Kind | undefined) ?? "post",
    category: filters.category,
    grade_min: filters.grade as Account["grade"] & string | undefined,
    price_min: fen(filters.from),
    price_max: fen(filters.to),
    followers_min: filters.followers ? Number(filters.followers) : undefined,
    network: filters.network,
    q: filters.q,
  };
}
