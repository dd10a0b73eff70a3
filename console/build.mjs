// Builds the console and the API reference: `node build.mjs FILES SIZES`. Every file but the two pages has a hash of its content in its
// name.
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { options, writeTypes } from "./esbuild.config.mjs";

const [files, sizes] = process.argv.slice(2);
await mkdir(files, { recursive: true });
await writeTypes();
const result = await build({ ...options, outdir: files, metafile: true });
const outputs = Object.entries(result.metafile.outputs);

function output(entry) {
  return outputs.find(([, one]) => one.entryPoint === entry)?.[0];
}

/** Return the file and every file that it imports statically: what the browser loads before the first screen. */
function closure(file, seen = new Set()) {
  const key = outputs.find(([name]) => basename(name) === basename(file))[0];
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const one of result.metafile.outputs[key].imports)
    if (one.kind === "import-statement") closure(one.path, seen);
  return seen;
}

const script = output("src/main.tsx");
const HOMES = ["advertiser", "creator", "auditor", "finance", "admin"];
const style = output("src/style/main.css");
const first = [...closure(script)];
const page = (await readFile("index.html", "utf8"))
  .replace("SCRIPT", basename(script))
  .replace("STYLE", basename(style))
  .replace(
    "<!-- PRELOADS -->",
    first
      .filter((name) => name !== script)
      .map((name) => `<link rel="modulepreload" href="${basename(name)}">`)
      .join(""),
  );
await writeFile(join(files, "index.html"), page);

/** Write Redoc with its licence, without its source map and the logo that it loads from another host, and return its name. */
async function writeRedoc() {
  const bundles = "node_modules/redoc/bundles";
  const licence = await readFile(join(bundles, "redoc.standalone.js.LICENSE.txt"), "utf8");
  const text = (await readFile(join(bundles, "redoc.standalone.js"), "utf8"))
    .replace(/^\/\/# sourceMappingURL=.*$/m, "")
    .replaceAll(/https:\/\/cdn\.redoc\.ly\/[\w./-]+/g, "data:,");
  const name = `redoc-${createHash("sha256").update(text).digest("hex").slice(0, 8).toUpperCase()}.js`;
  await writeFile(join(files, name), `/*\nRedoc, MIT licence, https://github.com/Redocly/redoc\n*/\n${licence}\n${text}`);
  return name;
}

const reference = (await readFile("reference.html", "utf8"))
  .replace("REDOC", await writeRedoc())
  .replace("SCRIPT", basename(output("src/reference/reference.ts")))
  .replace("STYLE", basename(output("src/reference/reference.css")));
await writeFile(join(files, "reference.html"), reference);

const gzipped = async (names) => {
  const texts = await Promise.all(names.map((name) => readFile(join(files, basename(name)))));
  return texts.reduce((sum, text) => sum + gzipSync(text, { level: 6 }).length, 0);
};
/** What the first page loads: the frame, one language, and the home of one role. */
const firstPages = await Promise.all(
  HOMES.flatMap((role) =>
    ["en", "zh-CN"].map((language) => {
      const seen = closure(output(`src/i18n/bundles/${language}-first-page.ts`), new Set(first));
      return gzipped([...closure(output(`src/screens/${role}/home.tsx`), seen)]);
    }),
  ),
);
await writeFile(
  sizes,
  JSON.stringify({
    script: Math.max(...firstPages),
    style: await gzipped([style]),
    everything: await gzipped(await readdir(files)),
  }),
);
