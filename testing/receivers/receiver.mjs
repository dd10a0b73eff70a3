// A receiver that verifies with the package standardwebhooks, as https://www.standardwebhooks.com recommends to receivers.
// It responds with 500 to the first attempt of every fourth message, so a fifth of its responses fails. It prints its port, then a
// JSON line for each request.
// node receiver.mjs SECRET [sender]: with `sender` its clock shows the time of each message, for a market whose clock was set.
import { createServer } from "node:http";
import { Webhook } from "standardwebhooks";

const webhook = new Webhook(process.argv[2]);
const seen = new Set();

function verified(headers, body) {
  if (process.argv[3] === "sender") Date.now = () => Number(headers["webhook-timestamp"]) * 1000;
  try {
    return webhook.verify(body, headers);
  } catch {
    return null;
  }
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
    const id = request.headers["webhook-id"];
    const event = verified(request.headers, Buffer.concat(parts));
    const status = event ? statusOf(id) : 401;
    response.writeHead(status).end();
    console.log(JSON.stringify({ id, type: event?.type ?? null, status }));
  });
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
