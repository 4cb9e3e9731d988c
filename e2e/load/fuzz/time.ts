import { connect } from "node:net";
import type { Stack } from "../../suite/stack.ts";
import { digits } from "../digits.ts";
import { startGatewayIn } from "../gateway.ts";
import { openGatewayFixture } from "../gateway-fixture.ts";
import { fieldRequests, type Known } from "./field-requests.ts";
import {
  gatewayRequests,
  type HostileRequest,
  mlflowRequests,
  type OpenApi,
  pageRequests,
  rawHeads,
  restRequests,
} from "./hostile-requests.ts";
import { LoopWatch } from "./loop-watch.ts";
import { mlflowFixture } from "./mlflow.ts";
import { openHostileServer, workerInputs } from "./worker-inputs.ts";

/** Longest time for which one request may hold the loop of a role. */
const maxHoldMs = 50;
/** A hold that does not come again was the machine's. */
const repetitions = 4;
/** Some heads are incomplete, and get no response before their time is over. */
const headTimeoutMs = 1_000;

/** Holds of the loop that answers a kind of request. */
export interface Holds {
  requests: number;
  /** Milliseconds of the slowest request, and its name. */
  maxMs: number;
  slowest: string;
  /** Requests that held the loop longer than allowed each time, with their milliseconds. */
  tooLong: Record<string, number>;
}

/**
 * Sends hostile texts of up to 64 KB to every route, and to the worker in what it reads, one at a time, and measures how long each holds the
 * loop that reads it.
 * @param only the parts to run; empty for all
 */
export async function fuzzTime(stack: Stack, only: readonly string[]): Promise<Record<string, Holds>> {
  const { url, environment } = stack;
  const authorization = `Bearer ${environment.LEEWAY_TOKEN}`;
  const document = (await (await fetch(`${url}/api/v1/openapi.json`)).json()) as OpenApi;
  const plausible = await mlflowFixture(url, authorization);
  const known = await restFixture(url, authorization, plausible);
  const parts: Record<string, () => Promise<Holds>> = {
    rest: () => measure(url, authorization, restRequests(document)),
    fields: () => measure(url, authorization, fieldRequests(document, known)),
    mlflow: () => measure(url, authorization, mlflowRequests(plausible)),
    pages: () => measure(url, "", pageRequests()),
    heads: () => measureHeads(url),
    gatewayHeads: () => measureHeads(stack.gatewayUrl),
    gateway: measureGateway,
    worker: () => measureWorker(stack, authorization),
  };
  const holds: Record<string, Holds> = {};
  for (const [name, measurePart] of Object.entries(parts)) {
    if (only.length > 0 && !only.includes(name)) continue;
    holds[name] = await measurePart();
    console.log(name, JSON.stringify(holds[name], undefined, 2));
  }
  return holds;
}

/** Registers and deploys a model. @returns the names and ids of it and of what is there already, by the field that refers to them */
async function restFixture(url: string, authorization: string, plausible: Record<string, unknown[]>): Promise<Known> {
  const send = async (path: string, body: BodyInit, type: string) => {
    const headers = { authorization, "content-type": type };
    const response = await fetch(`${url}/api/v1${path}`, { method: "POST", headers, body });
    if (!response.ok) throw new Error(`${path} responded ${response.status}: ${await response.text()}`);
    return (await response.json()) as { version?: number };
  };
  const file = new Uint8Array((await digits()).model);
  const { version } = await send("/models/digits/versions", file, "application/octet-stream");
  await send("/endpoints", JSON.stringify({ name: "digits" }), "application/json");
  const run = String([plausible.run_id].flat()[0]);
  return {
    model: "digits",
    version: String(version ?? 1),
    alias: "champion",
    endpoint: "digits",
    experiment: "fuzzed",
    run,
    runId: run,
    runIds: run,
    runs: run,
    key: "loss",
    keys: "loss",
    email: "fuzzed@example.test",
    timeZone: "UTC",
    filter: "metrics.loss > 0",
    after: "",
  };
}

async function measureGateway(): Promise<Holds> {
  const fixture = await openGatewayFixture();
  await fixture.deploy(await digits());
  const gateway = await startGatewayIn(fixture);
  try {
    await gateway.untilServed("digits");
    return await measure(gateway.url, fixture.headers.authorization, gatewayRequests("digits"));
  } finally {
    await gateway.stop();
    await fixture.close();
  }
}

/** Feeds the worker what others answer: webhooks, and an import's MLflow server; and files of models that it inspects. */
async function measureWorker({ url, workerUrl }: Stack, authorization: string): Promise<Holds> {
  await using sender = await openHostileServer();
  // Without awaiting it here, the server would be closed before the first input.
  return await measureEach(workerUrl, workerInputs({ url, authorization, sender }), ({ feed }) => feed());
}

function measure(url: string, authorization: string, requests: Iterable<HostileRequest>): Promise<Holds> {
  return measureEach(url, requests, (request) => send(url, authorization, request));
}

function measureHeads(url: string): Promise<Holds> {
  return measureEach(url, rawHeads(), ({ head }) => sendHead(url, head));
}

async function measureEach<Sent extends { name: string }>(
  url: string,
  requests: Iterable<Sent> | AsyncIterable<Sent>,
  send: (request: Sent) => Promise<void>,
): Promise<Holds> {
  await using watch = new LoopWatch(url);
  const holds: Holds = { requests: 0, maxMs: 0, slowest: "", tooLong: {} };
  const holdOf = async (request: Sent) => {
    await watch.take();
    await send(request);
    return await watch.take();
  };
  for await (const request of requests) {
    let heldMs = await holdOf(request);
    for (let turn = 1; turn < repetitions && heldMs > maxHoldMs / 2; turn += 1) {
      heldMs = Math.min(heldMs, await holdOf(request));
    }
    holds.requests += 1;
    if (heldMs > holds.maxMs) Object.assign(holds, { maxMs: Math.round(heldMs), slowest: request.name });
    if (heldMs > maxHoldMs) holds.tooLong[request.name] = Math.round(heldMs);
  }
  return holds;
}

async function send(url: string, authorization: string, { method, path, body }: HostileRequest): Promise<void> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { "content-type": "application/json", ...(authorization && { authorization }) },
    body: body ?? null,
    redirect: "manual",
  });
  await response.arrayBuffer();
}

/** Sends bytes on a connection of their own, and waits for the first bytes of a response, or for the end. */
async function sendHead(url: string, head: string): Promise<void> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const answered = Promise.withResolvers<void>();
  socket.on("error", answered.resolve).on("close", answered.resolve).on("data", answered.resolve);
  socket.write(head, "latin1");
  const timer = setTimeout(answered.resolve, headTimeoutMs);
  await answered.promise;
  clearTimeout(timer);
  socket.destroy();
}
