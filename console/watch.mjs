// Builds at each change and serves the console before the local cloud: `node watch.mjs STACK-FILE PORT`.
// Requests for other paths go to the local cloud; the sign-in page returns to this address.
import { createServer, request } from "node:http";
import { readFile } from "node:fs/promises";
import { context } from "esbuild";
import { options, writeTypes } from "./esbuild.config.mjs";

const [stackFile, port] = process.argv.slice(2);
const stack = JSON.parse(await readFile(stackFile, "utf8"));
const cloud = stack.endpoint_url;
const here = `http://127.0.0.1:${port}`;
const prefix = new URL(stack.console_url).pathname;

await writeTypes();
const building = await context({
  ...options,
  entryNames: "[name]",
  chunkNames: "[name]-[hash]",
  minify: false,
  sourcemap: "inline",
  outdir: "out",
  write: false,
});
await building.watch();
const { hosts, port: filesPort } = await building.serve({ host: "127.0.0.1" });

const toCloud = (text) => text.replaceAll(encodeURIComponent(here), encodeURIComponent(cloud)).replaceAll(here, cloud);
const toHere = (text) => text.replaceAll(encodeURIComponent(cloud), encodeURIComponent(here)).replaceAll(cloud, here);

createServer(async (incoming, answer) => {
  const file = incoming.url.startsWith(prefix) && incoming.url.slice(prefix.length).split("?")[0];
  const target = file ? `http://${hosts[0]}:${filesPort}/${file}` : cloud + toCloud(incoming.url);
  const chunks = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const form = incoming.headers["content-type"]?.startsWith("application/x-www-form-urlencoded");
  const body = form ? Buffer.from(toCloud(Buffer.concat(chunks).toString())) : Buffer.concat(chunks);
  const headers = { ...incoming.headers, host: new URL(target).host, "content-length": body.length };
  const outgoing = request(target, { method: incoming.method, headers }, async (response) => {
    const parts = [];
    for await (const part of response) parts.push(part);
    let text = Buffer.concat(parts);
    const page = incoming.url.split("?")[0] === prefix;
    const html = response.headers["content-type"]?.startsWith("text/html");
    if (html) text = Buffer.from(toHere(text.toString()));
    if (page)
      text = Buffer.from(text.toString().replace(/(main)-[A-Z0-9]+(\.\w+)/g, "$1$2").replace(/<link rel="modulepreload"[^>]*>/g, ""));
    const own = { ...response.headers, "content-length": text.length };
    if (own.location) own.location = toHere(own.location);
    if (own["content-security-policy"]) own["content-security-policy"] = toHere(own["content-security-policy"]);
    answer.writeHead(response.statusCode, own).end(text);
  });
  outgoing.on("error", (error) => answer.writeHead(502).end(`${error}`)).end(body);
}).listen(Number(port), "127.0.0.1", () => console.log(`The web console: ${here}${prefix}`));
