// The pictures of a task or an order.
import { api, ok } from "../../api/api-client";
import { useData } from "../../api/request-hooks";
import { t } from "../../i18n";

type Of = { task: string } | { order: string };

/** The pictures of a task or an order, each with a link that saves it. */
export function PostPictures({ of, count }: { of: Of; count: number }) {
  const key = "task" in of ? of.task : of.order;
  const pictures = useData(count ? `pictures:${key}` : null, () =>
    "task" in of
      ? ok(api.GET("/v1/tasks/{task_id}/pictures", { params: { path: { task_id: of.task } } }))
      : ok(api.GET("/v1/orders/{order_id}/pictures", { params: { path: { order_id: of.order } } })),
  );
  if (!count) return null;
  return (
    <div class="pictures">
      {pictures.data?.data.map((picture, i) => (
        <a href={picture.url} download target="_blank" rel="noreferrer">
          <img src={picture.url} alt={t("picture.n", { n: i + 1 })} width="104" height="104" loading="lazy" />
        </a>
      ))}
    </div>
  );
}
