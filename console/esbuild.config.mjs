// What build.mjs and watch.mjs share.
import { writeFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";

export const OPENAPI = new URL("../chalicelib/service/openapi.json", import.meta.url);

/** Write the types of the API from its OpenAPI document. */
export async function writeTypes() {
  const types = astToString(await openapiTS(OPENAPI, { defaultNonNullable: false }));
  await writeFile("src/api/schema.d.ts", `// Generated from openapi.json; do not edit.\n${types}`);
}

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
};
