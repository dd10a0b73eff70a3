// Pictures of a post or a message: chosen or dropped, uploaded straight to the bucket, with progress.
import { useRef, useState } from "preact/hooks";
import { api, ok, Problem } from "../../api/api-client";
import { upload } from "../../api/file-upload";
import { t } from "../../i18n";
import { titleOf } from "../problem-notice";

interface Uploading {
  name: string;
  share: number;
  fault?: string;
}

const TYPES = ["image/jpeg", "image/png", "image/gif"] as const;

export function PictureUploadField({ ids, change, pointer = "/content/picture_ids" }: { ids: string[]; change: (ids: string[]) => void; pointer?: string }) {
  const [shown, setShown] = useState<Record<string, string>>({});
  const [uploads, setUploads] = useState<Uploading[]>([]);
  const [over, setOver] = useState(false);
  const latest = useRef(ids);
  latest.current = ids;

  async function add(files: Iterable<File>): Promise<void> {
    for (const file of files) {
      const sending: Uploading = { name: file.name, share: 0 };
      const draw = (): void => setUploads((all) => [...all.filter((one) => one !== sending), sending]);
      draw();
      try {
        if (!TYPES.includes(file.type as (typeof TYPES)[number])) throw new Error(t("picture.type"));
        const announced = await ok(api.POST("/v1/pictures", { body: { content_type: file.type as (typeof TYPES)[number], bytes: file.size } }));
        await upload(announced.upload, file, (share) => ((sending.share = share), draw()));
        setShown((all) => ({ ...all, [announced.id]: URL.createObjectURL(file) }));
        change([...latest.current, announced.id]);
        setUploads((all) => all.filter((one) => one !== sending));
      } catch (error) {
        sending.fault = faultText(error);
        draw();
      }
    }
  }

  return (
    <div data-pointer={pointer}>
      <label
        class={`drop ${over ? "over" : ""}`}
        onDragOver={(event) => (event.preventDefault(), setOver(true))}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => (event.preventDefault(), setOver(false), void add(event.dataTransfer?.files ?? []))}
      >
        {t("picture.drop")}
        <input type="file" accept={TYPES.join()} multiple class="hidden" onChange={(event) => void add([...(event.currentTarget.files ?? [])])} />
      </label>
      {uploads.map((one) => (
        <p class={one.fault ? "fault" : "soft"}>
          {one.name} {one.fault ?? <progress value={one.share} max={1} aria-label={one.name} />}
          {one.fault && (
            <button type="button" class="quiet" onClick={() => setUploads((all) => all.filter((other) => other !== one))}>
              {t("close")}
            </button>
          )}
        </p>
      ))}
      <div class="pictures">
        {ids.map((id, i) => (
          <figure>
            {shown[id] ? <img src={shown[id]} alt={t("picture.n", { n: i + 1 })} /> : <code>{t("picture.n", { n: i + 1 })}</code>}
            <button type="button" class="quiet" aria-label={t("remove.of", { name: t("picture.n", { n: i + 1 }) })} onClick={() => change(ids.filter((one) => one !== id))}>
              {t("remove")}
            </button>
          </figure>
        ))}
      </div>
    </div>
  );
}

function faultText(error: unknown): string {
  if (error instanceof Problem) return error.faults[0]?.message ?? titleOf(error);
  return (error as Error).message;
}
