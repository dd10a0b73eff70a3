// What the deployment writes into the start page.
export interface Configuration {
  api_url: string;
  sign_in_url: string;
  issuer: string;
  client_id: string;
  stage: string;
  sandbox: boolean;
}

const element = document.querySelector<HTMLMetaElement>('meta[name="configuration"]');
export const configuration = JSON.parse(element?.content ?? "{}") as Configuration;
/** The address of the console, to which the sign-in page returns. */
export const home = `${configuration.api_url}/console/`;
