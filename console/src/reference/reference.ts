// The API reference: a list of all operations and, for one section at a time, Redoc, in the colours of the system or of the console's
// chosen theme. Redoc draws everything at once: all sections together are 100,000 elements.
declare const Redoc: { init: (document: object, options: object, element: Element) => void };

interface Operation {
  operationId: string;
  summary: string;
  tags: string[];
}
type Paths = Record<string, Record<string, Operation>>;
interface OpenApi {
  info: { title: string; description: string };
  tags: { name: string }[];
  paths: Paths;
  webhooks: Paths;
}
/** The section of the events that webhooks deliver; the other sections are the tags. */
const DELIVERIES = "deliveries";

const fonts = 'system-ui, -apple-system, "Segoe UI", Roboto, "PingFang SC", "Microsoft YaHei", sans-serif';
const LIGHT = { paper: "#ffffff", panel: "#f7f8fa", hover: "#e8ebf0", line: "#e3e6eb", ink: "#1a2233", soft: "#566074", accent: "#4a45c9", samples: "#1a2233", code: "#11182a", good: "#0b6b3a", bad: "#b3182c" };
const DARK = { paper: "#10141c", panel: "#181d27", hover: "#202734", line: "#2b3240", ink: "#e8ebf1", soft: "#a3adbf", accent: "#a5a1ff", samples: "#0b0e14", code: "#181d27", good: "#69d69b", bad: "#ff8e98" };

const system = matchMedia("(prefers-color-scheme: dark)");
const chosen = localStorage.getItem("theme");
const isDark = chosen === "dark" || (chosen !== "light" && system.matches);
const colours = isDark ? DARK : LIGHT;
document.documentElement.dataset.theme = isDark ? "dark" : "light";
if (chosen !== "dark" && chosen !== "light") system.addEventListener("change", () => location.reload()); // Redoc takes its colours once

const options = {
  nativeScrollbars: true,
  requiredPropsFirst: true,
  hideHostname: true,
  hideDownloadButtons: true,
  jsonSampleExpandLevel: 3,
  theme: {
    colors: {
      primary: { main: colours.accent },
      success: { main: colours.good },
      error: { main: colours.bad },
      text: { primary: colours.ink, secondary: colours.soft },
      border: { dark: colours.line, light: colours.line },
      gray: { 50: colours.panel, 100: colours.hover },
      responses: {
        success: { color: colours.good, backgroundColor: colours.panel },
        error: { color: colours.bad, backgroundColor: colours.panel },
        redirect: { color: colours.soft, backgroundColor: colours.panel },
        info: { color: colours.soft, backgroundColor: colours.panel },
      },
    },
    schema: { linesColor: colours.line, nestedBackground: colours.panel, typeNameColor: colours.soft, requireLabelColor: colours.bad },
    typography: { fontFamily: fonts, fontSize: "15px", headings: { fontFamily: fonts }, code: { color: colours.ink, backgroundColor: colours.hover }, links: { color: colours.accent, visited: colours.accent } },
    sidebar: { backgroundColor: colours.panel, textColor: colours.ink, activeTextColor: colours.accent, groupItems: { activeBackgroundColor: colours.hover }, level1Items: { activeBackgroundColor: colours.hover } },
    rightPanel: { backgroundColor: colours.samples },
    codeBlock: { backgroundColor: colours.code },
    fab: { backgroundColor: colours.panel, color: colours.accent },
  },
};

/** Return the document with the operations of one section only. */
function sectionOf(whole: OpenApi, section: string): OpenApi {
  const info = { ...whole.info, title: section, description: "" }; // the list of all operations has them
  if (section === DELIVERIES) return { ...whole, info, tags: [{ name: "webhooks" }], paths: {} };
  const paths = Object.entries(whole.paths).map(([path, methods]) => [path, Object.fromEntries(Object.entries(methods).filter(([, one]) => one.tags.includes(section)))] as const);
  return { ...whole, info, webhooks: {}, tags: [{ name: section }], paths: Object.fromEntries(paths.filter(([, methods]) => Object.keys(methods).length)) };
}

/** Return an element with text or elements in it. */
function made<K extends keyof HTMLElementTagNameMap>(name: K, given: Partial<HTMLElementTagNameMap[K]>, ...content: (Node | string)[]): HTMLElementTagNameMap[K] {
  const element = Object.assign(document.createElement(name), given);
  element.append(...content);
  return element;
}

function address(section: string, operation?: string): string {
  const tag = section === DELIVERIES ? "webhooks" : section;
  return `?section=${section}${operation ? `#tag/${tag}/operation/${operation}` : ""}`;
}

/** Return the list of all operations, by section, each with a link to its description. */
function contents(whole: OpenApi): HTMLElement {
  const lists = sections(whole).map((section) => {
    const { paths, webhooks } = sectionOf(whole, section);
    const lines = Object.entries(section === DELIVERIES ? webhooks : paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, one]) =>
        made("li", {}, made("a", { href: address(section, one.operationId) }, made("code", {}, section === DELIVERIES ? path : `${method.toUpperCase()} ${path}`)), ` ${one.summary}`),
      ),
    );
    return made("section", {}, made("h2", {}, made("a", { href: address(section) }, section)), made("ul", {}, ...lines));
  });
  return made("main", {}, made("h1", {}, whole.info.title), made("p", {}, ...whole.info.description.split("`").map((part, i) => (i % 2 ? made("code", {}, part) : part))), made("p", {}, made("a", { href: "openapi.json" }, "openapi.json")), ...lists);
}

function sections(whole: OpenApi): string[] {
  return [...whole.tags.map((tag) => tag.name), DELIVERIES];
}

/** Return the bar on top: all operations, and a choice of the section. */
function bar(whole: OpenApi, chosenSection: string | null): HTMLElement {
  const choices = sections(whole).map((section) => made("option", { value: section, selected: section === chosenSection }, section));
  const select = made("select", { onchange: () => void (location.href = select.value ? address(select.value) : location.pathname) }, made("option", { value: "" }, "All operations"), ...choices);
  return made("nav", {}, made("a", { href: location.pathname }, "Micro-task API"), made("label", {}, "Section ", select));
}

async function draw(): Promise<void> {
  const whole = (await (await fetch("openapi.json")).json()) as OpenApi;
  const section = new URLSearchParams(location.search).get("section");
  const place = document.getElementById("reference")!;
  document.body.prepend(bar(whole, section));
  if (section && sections(whole).includes(section)) Redoc.init(sectionOf(whole, section), options, place);
  else place.replaceChildren(contents(whole));
}

void draw();
