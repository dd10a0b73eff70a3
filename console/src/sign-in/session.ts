// Signing in: authorization code with PKCE on the user pool's own page. Tokens are in memory only; a reload signs in again.
import * as oauth from "oauth4webapi";
import { signal } from "@preact/signals";
import { configuration, home } from "../configuration";

const { sign_in_url, issuer, client_id } = configuration;
const server: oauth.AuthorizationServer = {
  issuer,
  authorization_endpoint: `${sign_in_url}/oauth2/authorize`,
  token_endpoint: `${sign_in_url}/oauth2/token`,
  revocation_endpoint: `${sign_in_url}/oauth2/revoke`,
};
const client: oauth.Client = { client_id };
const publicClient = oauth.None();
/** The local cloud has no TLS; everywhere else the library refuses plain HTTP. */
const options = { [oauth.allowInsecureRequests]: sign_in_url.startsWith("http://127.0.0.1") };
const STARTED = "sign-in";
const LEEWAY_MS = 60_000;

interface Started {
  verifier: string;
  state: string;
  nonce: string;
  hash: string;
}

interface Tokens {
  id: string;
  refresh: string;
  expiresAt: number;
}

let tokens: Tokens | null = null;
let refreshing: Promise<void> | null = null;
/** True when the session has ended and nothing can be sent until the user signs in again. */
export const expired = signal(false);

/** Return true if the user is signed in; otherwise leave for the sign-in page, unless the user has just signed out. */
export async function begin(): Promise<boolean> {
  const url = new URL(location.href);
  if (url.searchParams.has("state") && (url.searchParams.has("code") || url.searchParams.has("error"))) {
    const started = sessionStorage.getItem(STARTED);
    sessionStorage.removeItem(STARTED);
    if (started) {
      const { hash, ...asked } = JSON.parse(started) as Started;
      await exchange(url, asked);
      history.replaceState(null, "", home + hash);
      return true;
    }
  }
  if (hasSignedOut()) return false;
  await leave();
  return false;
}

/** Go to the sign-in page; afterwards the user is back at the same screen. */
export async function leave(): Promise<void> {
  const started: Started = {
    verifier: oauth.generateRandomCodeVerifier(),
    state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(),
    hash: location.hash,
  };
  sessionStorage.setItem(STARTED, JSON.stringify(started));
  const target = new URL(server.authorization_endpoint!);
  target.search = new URLSearchParams({
    client_id,
    redirect_uri: home,
    response_type: "code",
    scope: "openid email",
    state: started.state,
    nonce: started.nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(started.verifier),
    code_challenge_method: "S256",
    lang: document.documentElement.lang,
  }).toString();
  location.assign(target);
}

/** Return a valid id token. Throw if the session has ended. */
export async function token(): Promise<string> {
  if (!tokens || expired.value) throw new SessionEnded();
  if (tokens.expiresAt - LEEWAY_MS < Date.now()) {
    refreshing ??= refresh().finally(() => (refreshing = null));
    await refreshing;
  }
  return tokens.id;
}

export class SessionEnded extends Error {}

/** Show that the session has ended; the screen stays as it is, so that nothing typed is lost. */
export function end(): void {
  expired.value = true;
}

/** Revoke the tokens and leave for the sign-out page. */
export async function signOut(): Promise<void> {
  if (tokens)
    await oauth
      .revocationRequest(server, client, publicClient, tokens.refresh, options)
      .then((response) => oauth.processRevocationResponse(response))
      .catch(() => undefined); // the page is left anyway, and the tokens with it
  tokens = null;
  sessionStorage.setItem("signed-out", "yes");
  const query = new URLSearchParams({ client_id, logout_uri: home });
  location.assign(`${sign_in_url}/logout?${query}`);
}

/** Return true once after signing out: the sign-out page returns to the plain address of the console. */
function hasSignedOut(): boolean {
  const yes = sessionStorage.getItem("signed-out") !== null;
  sessionStorage.removeItem("signed-out");
  return yes;
}

async function exchange(url: URL, asked: Omit<Started, "hash">): Promise<void> {
  const parameters = oauth.validateAuthResponse(server, client, url, asked.state);
  const response = await oauth.authorizationCodeGrantRequest(
    server, client, publicClient, parameters, home, asked.verifier, options,
  );
  const result = await oauth.processAuthorizationCodeResponse(server, client, response, {
    expectedNonce: asked.nonce,
    requireIdToken: true,
  });
  accept(result);
}

async function refresh(): Promise<void> {
  try {
    const response = await oauth.refreshTokenGrantRequest(server, client, publicClient, tokens!.refresh, options);
    accept(await oauth.processRefreshTokenResponse(server, client, response));
  } catch (error) {
    if (error instanceof oauth.ResponseBodyError) {
      end();
      throw new SessionEnded();
    }
    throw error;
  }
}

function accept(result: oauth.TokenEndpointResponse): void {
  tokens = {
    id: result.id_token!,
    refresh: result.refresh_token ?? tokens!.refresh,
    expiresAt: Date.now() + (result.expires_in ?? 3600) * 1000,
  };
  expired.value = false;
}
