import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { seededRandom } from "#server/stats/random.ts";
import { readHead } from "./request-head.ts";

const lines = ["POST /v2/models/digits/infer HTTP/1.1", "Host: gateway:8080", "Content-Length: 2"];
const requestOf = (...sent: string[]) => Buffer.from(`${sent.join("\r\n")}\r\n\r\n{}`, "latin1");

test("parses a plain request with lower-case header names and trimmed values", () => {
  const bytes = requestOf(...lines, "Authorization:\t Bearer lw_x \t", "X-Empty:", "connection: Keep-Alive");
  expect(readHead(bytes)).toEqual({
    model: "digits",
    version: undefined,
    length: bytes.length - 2,
    bodyLength: 2,
    headers: {
      host: "gateway:8080",
      "content-length": "2",
      authorization: "Bearer lw_x",
      "x-empty": "",
      connection: "Keep-Alive",
    },
  });
});

test("reads a hostile head in time linear in its length", () => {
  const blanks = " ".repeat(8_000);
  const startedAt = performance.now();
  for (const field of [
    `X:${blanks}\x01`,
    `X:${" \t".repeat(4_000)}\x01`,
    `X${blanks}`,
    ":".repeat(8_000),
    `X: ${"a ".repeat(3_900)}\x7f`,
  ]) {
    expect(readHead(requestOf(...lines, field))).toBeUndefined();
  }
  expect(performance.now() - startedAt).toBeLessThan(500);
});

test("parses a version in the URL", () => {
  const [, host = "", length = ""] = lines;
  const bytes = requestOf("POST /v2/models/a.b-c_1/versions/12/infer HTTP/1.1", host, length);
  expect(readHead(bytes)).toMatchObject({ model: "a.b-c_1", version: "12" });
});

describe("requests left to Node's server", () => {
  const [line = "", host = "", length = ""] = lines;
  test.each([
    ["another method", ["GET /v2/models/digits/infer HTTP/1.1", host, length]],
    ["another address", ["POST /v2/models/digits/ready HTTP/1.1", host, length]],
    ["a query", ["POST /v2/models/digits/infer?x=1 HTTP/1.1", host, length]],
    ["an escaped name", ["POST /v2/models/dig%69ts/infer HTTP/1.1", host, length]],
    ["an absolute address", ["POST http://gateway/v2/models/digits/infer HTTP/1.1", host, length]],
    ["HTTP/1.0", ["POST /v2/models/digits/infer HTTP/1.0", host, length]],
    ["two spaces", ["POST  /v2/models/digits/infer HTTP/1.1", host, length]],
    ["no host", [line, length]],
    ["no length", [line, host]],
    ["a signed length", [line, host, "Content-Length: +2"]],
    ["a length twice", [...lines, "content-length: 2"]],
    ["a list of lengths", [line, host, "Content-Length: 2, 2"]],
    ["a large body", [line, host, "Content-Length: 262145"]],
    ["chunks", [...lines, "Transfer-Encoding: chunked"]],
    ["a compressed body", [...lines, "Content-Encoding: gzip"]],
    ["an expectation", [...lines, "Expect: 100-continue"]],
    ["an upgrade", [...lines, "Upgrade: h2c", "Connection: keep-alive"]],
    ["a connection that ends", [...lines, "Connection: close"]],
    ["a chosen workspace", [...lines, "X-MLFLOW-WORKSPACE: acme"]],
    ["any header twice", [...lines, "X-A: 1", "x-a: 2"]],
    ["a folded line", [...lines, "X-A: 1", " 2"]],
    ["a space before the colon", [...lines, "X-A : 1"]],
    ["a line without a colon", [...lines, "X-A"]],
    ["a bare line feed", [...lines, "X-A: 1\nX-B: 2"]],
    ["a bare carriage return", [...lines, "X-A: 1\rX-B: 2"]],
    ["a zero byte", [...lines, "X-A: \0"]],
    ["large headers", [...lines, `X-A: ${"a".repeat(9000)}`]],
  ])("does not parse %s", (_name, sent) => {
    expect(readHead(requestOf(...lines))).toBeDefined();
    expect(readHead(requestOf(...sent))).toBeUndefined();
  });

  test("does not parse an incomplete head", () => {
    const bytes = requestOf(...lines);
    for (let end = 0; end < bytes.length - 2; end += 1) expect(readHead(bytes.subarray(0, end))).toBeUndefined();
  });
});

/** Starts a Node server that reports how it parses a request; undefined when it rejects the request. */
async function nodeReader() {
  const server = createServer();
  server.on("clientError", (_error, socket) => socket.destroy());
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return async (bytes: Buffer) => {
    const socket = connect(port, "127.0.0.1");
    const seen = Promise.withResolvers<object | undefined>();
    const onRequest = async (request: IncomingMessage) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { method, url, httpVersion, headers } = request;
      seen.resolve({ method, url, httpVersion, headers: { ...headers }, body: Buffer.concat(chunks).toString() });
    };
    server.once("request", onRequest);
    socket.on("error", () => {}).on("close", () => seen.resolve(undefined));
    socket.write(bytes);
    const read = await seen.promise;
    server.off("request", onRequest);
    socket.destroy();
    return read;
  };
}

test("parses every accepted request exactly as Node's parser does", async () => {
  const readByNode = await nodeReader();
  const random = seededRandom(7);
  const alphabet = ["\r", "\n", "\r\n", " ", "\t", ":", "\0", "\x7f", "é", "a", "0", ",", ";", "/", "HTTP/1.1", "%"];
  const base = requestOf(...lines, "X-Request-Id: a-1", "traceparent: 00-1-2-01").toString("latin1");
  let taken = 0;
  for (let round = 0; round < 1_500; round += 1) {
    const index = Math.floor(random() * (base.length - 2));
    const width = Math.floor(random() * 3);
    const inserted = alphabet[Math.floor(random() * alphabet.length)] ?? "";
    const bytes = Buffer.from(base.slice(0, index) + inserted + base.slice(index + width), "latin1");
    const head = readHead(bytes);
    if (!head) continue;
    taken += 1;
    const { model, headers, length, bodyLength } = head;
    // Bytes beyond the body belong to the next request.
    const whole = bytes.subarray(0, length + bodyLength);
    if (whole.length < length + bodyLength) continue;
    expect(await readByNode(whole), JSON.stringify(bytes.toString("latin1"))).toEqual({
      method: "POST",
      url: `/v2/models/${model}/infer`,
      httpVersion: "1.1",
      headers: { ...headers },
      body: whole.subarray(length).toString(),
    });
  }
  expect(taken).toBeGreaterThan(100);
}, 60_000);
