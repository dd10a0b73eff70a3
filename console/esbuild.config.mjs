// What build.mjs and watch.mjs share.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import openapiTS, { astToString } from "openapi-typescript";

export const OPENAPI = new URL("../chalicelib/service/openapi.json", import.meta.url);

/** Write the types of the API from its OpenAPI document. */
export async function writeTypes() {
  const types = astToString(await openapiTS(OPENAPI, { defaultNonNullable: false }));
  await writeFile("src/api/schema.d.ts", `// Generated from openapi.json; do not edit.\n${types}`);
}

/** What every screen loads: the frame, which the browser has before any screen, and the components that most screens use. */
const SHARED = [
  "frame/frame.tsx",
  "components/form.tsx",
  "components/table.tsx",
  "components/values/copy-button.tsx",
  "components/values/grade-stars.tsx",
  "components/values/money-and-time.tsx",
  "components/values/status-pill.tsx",
].map((name) => fileURLToPath(new URL(`src/${name}`, import.meta.url)));

/** Lets every screen import SHARED. Without this, esbuild splits these modules by the screens that use them, which is several requests
    more for each screen. */
const shared = {
  name: "shared",
  setup(build) {
    build.onLoad({ filter: /[/\\]src[/\\](screens[/\\].*|frame[/\\]search-results)\.tsx$/ }, async ({ path }) => ({
      contents: [await readFile(path, "utf8"), ...SHARED.map((name) => `import ${JSON.stringify(name)};`)].join("\n"),
      loader: "tsx",
    }));
  },
};

/** Lets the texts of the first page import copies of the files of texts, so that each file of the browser has only what it exports:
    esbuild would put a file that two others import into a third one, whole. */
const firstPageTexts = {
  name: "first-page-texts",
  setup(build) {
    build.onResolve({ filter: /^\.\.\/(en|zh-CN)\/\w+$/ }, ({ importer, path, resolveDir }) =>
      importer.endsWith("-first-page.ts") ? { path: join(resolveDir, `${path}.ts`), suffix: "?first-page" } : undefined,
    );
  },
};

/** @type {import("esbuild").BuildOptions} */
export const options = {
  entryPoints: ["src/main.tsx", "src/style/main.css", "src/reference/reference.ts", "src/reference/reference.css"],
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  target: ["es2022", "chrome111", "safari16.4", "firefox128"],
  jsx: "automatic",
  jsxImportSource: "preact",
  minify: true,
  legalComments: "none",
  charset: "utf8",
  logLevel: "warning",
  plugins: [shared, firstPageTexts],
};
