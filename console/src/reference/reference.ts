// Starts Redoc, which draws the API reference from openapi.json.
declare const Redoc: { init: (url: string, options: object, element: Element) => void };

const fonts = 'system-ui, -apple-system, "Segoe UI", Roboto, "PingFang SC", "Microsoft YaHei", sans-serif';
const options = {
  nativeScrollbars: true,
  requiredPropsFirst: true,
  hideHostname: true,
  jsonSampleExpandLevel: 3,
  theme: {
    colors: { primary: { main: "#4a45c9" }, text: { primary: "#1a2233", secondary: "#566074" } },
    typography: { fontFamily: fonts, fontSize: "15px", headings: { fontFamily: fonts }, code: { color: "#1a2233", backgroundColor: "#e8ebf0" } },
    sidebar: { backgroundColor: "#f7f8fa" },
    rightPanel: { backgroundColor: "#1a2233" },
  },
};

Redoc.init("openapi.json", options, document.getElementById("reference")!);
