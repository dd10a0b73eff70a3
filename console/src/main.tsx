// Starts the console: language, sign-in, frame.
import { render } from "preact";
import { loadCatalogue } from "./api/catalogue";
import { Frame } from "./frame/frame";
import { begin as signIn, leave } from "./sign-in/session";
import { follow } from "./stage-clock";
import { configuration } from "./configuration";
import { begin as loadTexts, t } from "./i18n";
import { sync } from "./frame/address-and-filters";
import "./frame/theme";

const root = document.getElementById("console")!;

function Welcome({ text, again }: { text: string; again?: boolean }) {
  return (
    <main class="welcome">
      <h1>{t("brand")}</h1>
      <p>{text}</p>
      {again && (
        <button type="button" onClick={() => void leave()}>
          {t("sign_in")}
        </button>
      )}
    </main>
  );
}

await loadTexts();
try {
  if (!configuration.client_id) render(<Welcome text={t("welcome.unconfigured")} />, root);
  else if (await signIn()) {
    sync();
    follow();
    void loadCatalogue();
    render(<Frame />, root);
  } else render(<Welcome text={t("welcome")} again />, root);
} catch (error) {
  console.error(error);
  history.replaceState(null, "", location.pathname + location.hash);
  render(<Welcome text={t("welcome.failed")} again />, root);
}
