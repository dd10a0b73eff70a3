// A receiver written against https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md alone, with
// the standard library of Node.js. Every fifth request is answered with 500. It prints its port, then a JSON line for each request.
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";

const key = Buffer.from(process.argv[2].slice("whsec_".length), "base64");
let requests = 0;

function isSigned(headers, body) {
  const signed = Buffer.concat([Buffer.from(`${headers["webhook-id"]}.${headers["webhook-timestamp"]}.`), body]);
  const expected = createHmac("sha256", key).update(signed).digest();
  return (headers["webhook-signature"] ?? "").split(" ").some((one) => {
    const [version, text] = one.split(",");
    const sent = Buffer.from(text ?? "", "base64");
    return version === "v1" && sent.length === expected.length && timingSafeEqual(sent, expected);
  });
}

const server = createServer((request, response) => {
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => {
    requests += 1;
    const body = Buffer.concat(parts);
    const valid = isSigned(request.headers, body);
    const status = !valid ? 401 : requests % 5 === 0 ? 500 : 204;
    const type = valid ? JSON.parse(body).type : null;
    response.writeHead(status).end();
    console.log(JSON.stringify({ id: request.headers["webhook-id"], type, status }));
  });
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
