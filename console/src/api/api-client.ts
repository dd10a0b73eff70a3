// The one place that sends requests: typed by the API's own document, with the token, and with problems as errors.
import createClient, { type Middleware } from "openapi-fetch";
import type { components, paths } from "./schema";
import { configuration } from "../configuration";
import { end, token } from "../sign-in/session";

export type Schemas = components["schemas"];
export type Money = Schemas["Money"];

export interface Fault {
  pointer: string;
  code: string;
  message: string;
}

/** A refusal of the API (RFC 9457), or a request without a response (status 0). */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    readonly detail: string,
    readonly requestId: string | null,
    readonly faults: Fault[],
    readonly data: Record<string, unknown> = {},
  ) {
    super(detail || title);
  }

  static lost(error: unknown): Problem {
    return new Problem(0, "network_lost", "", String(error), null, []);
  }
}

const authorized: Middleware = {
  async onRequest({ request }) {
    request.headers.set("Authorization", `Bearer ${await token()}`);
    return request;
  },
  onResponse({ response }) {
    if (response.status === 401) end();
  },
};

export const api = createClient<paths>({
  baseUrl: configuration.api_url,
  // A list in a query is never sent repeatedly: the API refuses a parameter that repeats.
  querySerializer: { array: { style: "form", explode: false } },
});
api.use(authorized);

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** Return the JSON body of a response, or throw its Problem. */
export async function ok<T>(request: Promise<Answer<T>>): Promise<Exclude<T, string>> {
  const { data, error, response } = await request.catch((reason: unknown) => {
    throw reason instanceof Problem || (reason as Error)?.constructor?.name === "SessionEnded"
      ? reason
      : Problem.lost(reason);
  });
  if (response.ok) return data as Exclude<T, string>;
  const text = (typeof error === "object" && error !== null ? error : {}) as Record<string, unknown>;
  const { code, title, detail, request_id, errors, ...rest } = text;
  throw new Problem(
    response.status,
    String(code ?? "unknown"),
    String(title ?? response.statusText),
    String(detail ?? ""),
    (request_id as string | undefined) ?? response.headers.get("x-request-id"),
    (errors as Fault[] | undefined) ?? [],
    rest,
  );
}

/** Idempotency-Keys: one per intent. The same body keeps its key until it has succeeded, so a repeat acts once. */
export class Intent {
  private key: string = crypto.randomUUID();
  private sent: string | null = null;

  keyFor(body: unknown): string {
    const text = JSON.stringify(body);
    if (this.sent !== null && this.sent !== text) this.key = crypto.randomUUID();
    this.sent = text;
    return this.key;
  }

  done(): void {
    this.key = crypto.randomUUID();
    this.sent = null;
  }
}
