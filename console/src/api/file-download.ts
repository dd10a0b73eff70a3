// Saves a response as a file, since a link cannot send the token.
import { configuration } from "../configuration";
import { token } from "../sign-in/session";
import { ok } from "./api-client";

export async function download(path: string, name: string, accept: string): Promise<void> {
  const response = await ok(
    (async () => {
      const response = await fetch(configuration.api_url + path, { headers: { Authorization: `Bearer ${await token()}`, Accept: accept } });
      return response.ok ? { data: response, response } : { error: await response.json(), response };
    })(),
  );
  save(await response!.blob(), name);
}

export function save(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
