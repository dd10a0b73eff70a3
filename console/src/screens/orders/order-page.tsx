// One order for both sides, on a page of its own or in the drawer of its task.
import { api, ok } from "../../api/api-client";
import { useData } from "../../api/request-hooks";
import { useMe } from "../../api/signed-in-user";
import { ProblemNotice } from "../../components/problem-notice";
import { Screen, Skeleton } from "../../components/screen-layout";
import { Dialog } from "../../components/dialog";
import { t } from "../../i18n";
import { type Order, type View, OpenDispute, OrderContent } from "./order-content";

/** Load an order again and again; the problem if it cannot be loaded, a skeleton before. */
function useOrder(id: string): { view?: View; instead: preact.JSX.Element } {
  const me = useMe();
  const order = useData(`order:${id}`, () => ok(api.GET("/v1/orders/{order_id}", { params: { path: { order_id: id } } })), 10);
  if (order.problem && !order.data) return { instead: <ProblemNotice problem={order.problem} retry={() => void order.reload()} /> };
  const instead = <Skeleton rows={8} />;
  if (!order.data || !me.data) return { instead };
  const changed = async (next?: Order): Promise<void> => {
    if (next) order.put(next);
    await order.reload();
    await me.reload();
  };
  const side = order.data.creator_id === me.data.user.creator_id ? "creator" : me.data.roles.includes("advertiser") ? "advertiser" : "staff";
  return { instead, view: { order: order.data, side, changed } };
}

export function OrderPage({ params }: { params: { id: string } }) {
  const { view, instead } = useOrder(params.id);
  if (!view) return instead;
  const crumb = view.side === "creator" ? { to: "/offers", text: t("nav.offers") } : { to: `/tasks/${view.order.task_id}`, text: t("task") };
  return (
    <Screen title={view.order.title} crumb={crumb} actions={<OpenDispute {...view} />}>
      <OrderContent {...view} />
    </Screen>
  );
}

/** An order beside the list that it was opened from. */
export function OrderDrawer({ id, close }: { id: string; close: () => void }) {
  const { view, instead } = useOrder(id);
  return (
    <Dialog title={view?.order.handle ?? t("nav.orders")} close={close} shape="drawer">
      {view ? (
        <>
          <p class="row between">
            <a href={`#/orders/${id}`}>{t("order.whole_page")}</a> <OpenDispute {...view} />
          </p>
          <OrderContent {...view} />
        </>
      ) : (
        instead
      )}
    </Dialog>
  );
}
