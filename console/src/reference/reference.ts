// Starts Redoc, which draws the API reference from openapi.json, in the colours of the system or of the console's chosen theme.
declare const Redoc: { init: (url: string, options: object, element: Element) => void };

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

Redoc.init("openapi.json", options, document.getElementById("reference")!);
