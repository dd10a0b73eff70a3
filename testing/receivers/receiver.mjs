// A receiver written against https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md alone, with
// the standard library of Node.js. It responds with 500 to the first attempt of every fourth message, so a fifth of its responses
// fails. It prints its port, then a JSON line for each request.
// node receiver.mjs SECRET [SECONDS]: the time of a message may be so far away.
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";

const key = Buffer.from(process.argv[2].slice("whsec_".length), "base64");
const tolerance = Number(process.argv[3] ?? 300);
const seen = new Set();

function isSigned(headers, body) {
  const away = Math.abs(Date.now() / 1000 - Number(headers["webhook-timestamp"]));
  if (!(away <= tolerance)) return false;
  const signed = Buffer.concat([Buffer.from(`${headers["webhook-id"]}.${headers["webhook-timestamp"]}.`), body]);
  const expected = createHmac("sha256", key).update(signed).digest();
  return (headers["webhook-signature"] ?? "").split(" ").some((one) => {
    const [version, text] = one.split(",");
    const sent = Buffer.from(text ?? "", "base64");
    return version === "v1" && sent.length === expected.length && timingSafeEqual(sent, expected);
  });
}

function statusOf(id) {
  const fails = !seen.has(id) && seen.size % 4 === 3;
  seen.add(id);
  return fails ? 500 : 204;
}

const server = createServer((request, response) => {
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => {
    const body = Buffer.concat(parts);
    const id = request.headers["webhook-id"];
    const valid = isSigned(request.headers, body);
    const status = valid ? statusOf(id) : 401;
    const type = valid ? JSON.parse(body).type : null;
    response.writeHead(status).end();
    console.log(JSON.stringify({ id, type, status }));
  });
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
