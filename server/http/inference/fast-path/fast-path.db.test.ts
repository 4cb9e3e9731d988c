import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, connect, type Socket } from "node:net";
import { gunzipSync } from "node:zlib";
import { afterAll, expect, onTestFinished, test, vi } from "vitest";
import { freshDatabase } from "#db/testing.ts";
import { readConfig } from "#server/admin/settings/config.ts";
import { configureLog } from "#server/base/log.ts";
import { safetyHeaders } from "#server/http/response-headers.ts";
import { createServer } from "#server/http/server.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { Protection } from "#server/serve/protection/contract.ts";
import { setProtection } from "#server/serve/protection/set-protection.ts";
import { newTestGateway, newToken } from "#server/testing/fixtures/serving/router/testing.ts";
import { newVersion } from "#server/testing/fixtures/serving/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { inferencePlugin } from "../plugin.ts";
import { FastPath } from "./fast-path.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();
const ctx = await newWorkspace(db);
const gateway = newTestGateway(db);
await newVersion(ctx, {}, gateway.models);
for (const [name, protection] of Object.entries({
  open: {},
  rated: { requestsPerSecond: 0.01, burst: 1 },
  small: { bodyLimitBytes: 200 },
  lonely: { concurrentRequests: 1 },
})) {
  const { id: endpointId } = await createEndpoint(ctx, { name, captureShare: 0 });
  await setProtection(ctx, { endpointId, protection: Protection.parse(protection) });
  await deployVersion(ctx, { endpointId, model: "digits", version: 1 });
}
const token = await newToken(ctx);
await gateway.core.start();
await vi.waitFor(() => expect(gateway.core.unreadyReason).toBeUndefined());
const served = await listening();
afterAll(async () => {
  await served.app.close();
  await gateway.close();
});

async function listening() {
  const app = createServer(readConfig({}), safetyHeaders);
  await inferencePlugin(app, { core: gateway.core });
  const fastPath = new FastPath(app, gateway.core, false);
  /** Requests that Node's server has read. */
  let byNode = 0;
  app.server.on("request", () => {
    byNode += 1;
  });
  await app.listen({ port: 0, host: "127.0.0.1" });
  const { port } = app.server.address() as AddressInfo;
  return { app, fastPath, port, byNode: () => byNode };
}

interface Sent {
  model?: string;
  headers?: Record<string, string>;
  body?: Buffer | string;
}

const rows = (count: number) =>
  JSON.stringify({
    inputs: [
      { name: "x", shape: [count, 4], datatype: "FP32", data: Array.from({ length: count * 4 }, (_, i) => i % 7) },
    ],
  });

function message({ model = "open", headers = {}, body = rows(1) }: Sent = {}): Buffer {
  const all = {
    host: "gateway",
    authorization: `Bearer ${token}`,
    "content-length": Buffer.byteLength(body),
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `POST /v2/models/${model}/infer HTTP/1.1\r\n${lines.join("")}\r\n`;
  return Buffer.concat([Buffer.from(head, "latin1"), Buffer.from(body)]);
}

interface Result {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

/** Opens a bare connection: the server reads exactly the bytes that are written. */
async function dial(port = served.port) {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  onTestFinished(() => void socket.on("error", () => {}).destroy());
  await once(socket, "connect");
  let bytes = Buffer.alloc(0);
  socket.on("data", (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk]);
  });
  const response = async (): Promise<Result> => {
    const read = await vi.waitFor(
      () => {
        const found = split(bytes);
        expect(found).toBeDefined();
        return found as Result & { length: number };
      },
      { interval: 5 },
    );
    bytes = bytes.subarray(read.length);
    return { status: read.status, headers: read.headers, body: read.body };
  };
  const call = (sent?: Sent) => {
    socket.write(message(sent));
    return response();
  };
  return { socket, respond: response, request: call };
}

function split(bytes: Buffer): (Result & { length: number }) | undefined {
  const end = bytes.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const [first = "", ...lines] = bytes.toString("latin1", 0, end).split("\r\n");
  const headers = Object.fromEntries(
    lines.map((line) => [line.replace(/:.*/, "").toLowerCase(), line.replace(/^.*?: ?/, "")]),
  );
  const length = end + 4 + Number(headers["content-length"]);
  if (bytes.length < length) return undefined;
  return { status: Number(first.split(" ")[1]), headers, body: bytes.subarray(end + 4, length), length };
}

const closedOf = (socket: Socket) => (socket.destroyed ? Promise.resolve() : once(socket, "close"));

test("answers plain requests of a connection in sequence without Node's server", async () => {
  const before = served.byNode();
  const { request: call } = await dial();
  const first = await call();
  expect(JSON.parse(first.body.toString())).toMatchObject({ model_name: "open", outputs: [{ shape: [1, 3] }] });
  for (let sent = 0; sent < 3; sent += 1) expect((await call()).status).toBe(200);
  expect((await call({ headers: { "x-request-id": "mine" } })).headers["leeway-request-id"]).toBe("mine");
  expect((await call({ model: "open/versions/1" })).headers["leeway-model-version"]).toBe("1");
  expect(served.byNode()).toBe(before);
});

const binary = (length: number) => {
  const json = JSON.stringify({
    inputs: [{ name: "x", shape: [1, 4], datatype: "FP32", parameters: { binary_data_size: 16 } }],
    parameters: { binary_data_output: true },
  });
  return {
    headers: { "inference-header-content-length": String(json.length) },
    body: Buffer.concat([Buffer.from(json), Buffer.alloc(length)]),
  };
};

test.each<[string, number, Sent]>([
  ["JSON", 200, {}],
  ["binary tensors", 200, binary(16)],
  ["too few bytes", 400, binary(12)],
  ["no JSON", 400, { body: "{" }],
  ["no body", 400, { body: "" }],
  ["different shape or type", 400, { body: rows(1).replace("[1,4]", "[4,1]") }],
  ["a model that is not there", 404, { model: "nothing" }],
  ["a version that is not there", 404, { model: "open/versions/9" }],
  ["a body over the endpoint's limit", 413, { model: "small", body: rows(50) }],
  ["an answer that is worth compressing", 200, { body: rows(200), headers: { "accept-encoding": "gzip" } }],
  ["a short answer to a client that takes gzip", 200, { headers: { "accept-encoding": "gzip, deflate" } }],
])("returns the same as Node's server: %s", async (_name, status, sent) => {
  const before = served.byNode();
  const fast = await (await dial()).request({ ...sent, headers: { ...sent.headers, "x-request-id": randomUUID() } });
  expect(served.byNode()).toBe(before);
  const other = { "x-request-id": randomUUID(), connection: "close" };
  const slow = await (await dial()).request({ ...sent, headers: { ...sent.headers, ...other } });
  expect(served.byNode()).toBe(before + 1);
  // No two requests have the same id. Theirs have the same length, but compressed they may differ.
  const comparable = ({ status, headers, body }: Result) => {
    const { date, connection, "keep-alive": keepAlive, ...rest } = headers;
    const isCompressed = headers["content-encoding"] === "gzip";
    const text = (isCompressed ? gunzipSync(body) : body).toString("latin1");
    const id = rest["leeway-request-id"] ?? "";
    const length = isCompressed ? {} : { "content-length": rest["content-length"] };
    delete rest["content-length"];
    delete rest["leeway-request-id"];
    return { status, headers: { ...rest, ...length }, hasId: id !== "", body: text.replaceAll(id, "its id") };
  };
  expect(comparable(fast)).toEqual(comparable(slow));
  expect(fast).toMatchObject({ status, headers: { date: expect.any(String), connection: "keep-alive" } });
  if (fast.headers["content-encoding"]) expect(gunzipSync(fast.body).toString()).toContain('"outputs"');
});

test("returns Retry-After with a rate-limited request", async () => {
  const { request: call } = await dial();
  const predictions = [await call({ model: "rated" }), await call({ model: "rated" })];
  expect(predictions.map(({ status }) => status)).toEqual([200, 429]);
  expect(Number(predictions[1]?.headers["retry-after"])).toBeGreaterThan(50);
});

test("frees a place in the quota after the response and when the client disconnects", async () => {
  const { request: call } = await dial();
  for (let sent = 0; sent < 3; sent += 1) expect((await call({ model: "lonely" })).status).toBe(200);
  const leaver = await dial();
  leaver.socket.write(message({ model: "lonely" }), () => leaver.socket.destroy());
  await vi.waitFor(async () => expect((await call({ model: "lonely" })).status).toBe(200));
});

test("answers a request that arrives in pieces, wherever it is cut", async () => {
  const whole = message();
  for (const index of [1, 20, whole.indexOf("\r\n\r\n") + 2, whole.indexOf("\r\n\r\n") + 4, whole.length - 1]) {
    const { socket, respond: response, request: call } = await dial();
    socket.write(whole.subarray(0, index));
    await new Promise((written) => setImmediate(written));
    socket.write(whole.subarray(index));
    expect((await response()).status).toBe(200);
    expect((await call()).status).toBe(200);
  }
});

test("answers pipelined requests in order", async () => {
  const { socket, respond: response } = await dial();
  const ids = ["a", "b", "c"];
  socket.write(Buffer.concat(ids.map((id) => message({ headers: { "x-request-id": id } }))));
  for (const id of ids) expect((await response()).headers["leeway-request-id"]).toBe(id);
});

test("hands a connection to Node's server at the first request that is not plain", async () => {
  const before = served.byNode();
  const { socket, respond: response, request: call } = await dial();
  await call();
  socket.write(
    Buffer.concat([message(), Buffer.from("GET /v2/health/live HTTP/1.1\r\nhost: gateway\r\n\r\n"), message()]),
  );
  const predictions = [await response(), await response(), await response()];
  expect(predictions.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(served.byNode()).toBe(before + 2);
  socket.write("nonsense\r\n\r\n");
  expect((await response()).status).toBe(400);
});

test("lets Node's server reject an unknown token", async () => {
  const { request: call } = await dial();
  expect((await call({ headers: { authorization: "Bearer lw_wrong" } })).status).toBe(401);
});

test("continues serving after a client disconnects during a run", async () => {
  const { socket } = await dial();
  socket.write(message({ headers: { "x-request-id": "leaver" } }), () => socket.resetAndDestroy());
  await closedOf(socket);
  expect((await (await dial()).request()).status).toBe(200);
});

test("ends each connection with its response when draining, and idle ones when closing", async () => {
  const leaving = await listening();
  const [idle, busy] = [await dial(leaving.port), await dial(leaving.port)];
  await Promise.all([idle.request(), busy.request()]);
  leaving.fastPath.leave();
  expect((await busy.request()).headers.connection).toBe("close");
  await closedOf(busy.socket);
  const late = await dial(leaving.port);
  const answering = vi.spyOn(leaving.fastPath, "respond");
  late.socket.write(message({ body: rows(2_000) }));
  await vi.waitFor(() => expect(answering).toHaveBeenCalled());
  const closed = leaving.app.close();
  await closedOf(idle.socket);
  expect((await late.respond()).status).toBe(200);
  await closed;
});
