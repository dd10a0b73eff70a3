// Uploads straight to the bucket, with the form that the API gave and with progress, which fetch would not report.
import { Problem } from "./api-client";

/** Send the file. Reject with a Problem if the bucket refuses it or the connection is lost. */
export function upload(form: { url: string; fields: Record<string, string> }, file: File, progress: (share: number) => void = () => undefined): Promise<void> {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    const body = new FormData();
    for (const [name, value] of Object.entries(form.fields)) body.append(name, value);
    body.append("file", file);
    request.upload.onprogress = (event) => progress(event.loaded / (event.total || 1));
    request.onload = () => (request.status < 300 ? done() : failed(new Problem(request.status, "upload_failed", "", "", null, [])));
    request.onerror = () => failed(Problem.lost("upload"));
    request.open("POST", form.url);
    request.send(body);
  });
}
