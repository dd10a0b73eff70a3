// What a creator can do with an order now: answer the offer, submit a draft, or publish.
import type { Schemas } from "../../api/api-client";
import { OfferAnswer } from "./offer-answer";
import { DraftSubmission } from "./draft-submission";
import { PostPublication } from "./post-publication";

type Order = Schemas["Order"];
interface Props {
  order: Order;
  changed: (order?: Order) => Promise<void>;
}

export function CreatorAnswers({ order, changed }: Props) {
  if (order.status === "offered") return <OfferAnswer order={order} changed={changed} />;
  if (order.status !== "accepted") return null;
  const needsDraft = order.draft_approval && order.draft?.status !== "approved";
  return needsDraft ? <DraftSubmission order={order} changed={changed} /> : <PostPublication order={order} changed={changed} />;
}
