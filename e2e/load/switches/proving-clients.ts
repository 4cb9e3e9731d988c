import { Agent, type IncomingMessage, request } from "node:http";
import { buffer } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { provenVersion, type SentRow, type Version } from "./offset-model.ts";
import type { Received, ResponseCounts } from "./response-counts.ts";
import { requestKinds, requestsOf, type SentRequest } from "./sent-requests.ts";

interface LoadOptions {
  /** Address of the endpoint's inference. */
  url: string;
  headers: Record<string, string>;
  counts: ResponseCounts;
  clientsPerKind: number;
  /** Milliseconds between a response and the client's next request. */
  paceMs: number;
  /** Whether the gateway takes requests; clients wait while it does not, as behind a load balancer. */
  isUp(): boolean;
}

/** Clients that send pictures and tensors until they are stopped, and check the numbers of every response. */
export interface ProvingLoad {
  /** Requests on their way. */
  inFlight(): number;
  /** Resolves when a request sent after this call has been served by the version. @throws after the limit */
  untilServedBy(version: Version, limitMs: number): Promise<void>;
  stop(): Promise<void>;
}

const requestLimitMs = 60_000;

/** Starts clients for each kind of request. There are no retries. */
export async function startProvingLoad(options: LoadOptions): Promise<ProvingLoad> {
  const { url, headers, counts, clientsPerKind, paceMs, isUp } = options;
  const stop = new AbortController();
  let inFlight = 0;
  /** Time of sending of the latest request that each version has served. */
  const latest = new Map<Version, number>();
  const client = async (requests: readonly SentRequest[], first: number) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let index = first; !stop.signal.aborted; index += 1) {
      if (!isUp()) {
        await pause(10);
        continue;
      }
      const next = requests[index % requests.length] as SentRequest;
      const sentAt = performance.now();
      inFlight += 1;
      const received = await send(agent, url, { ...next.headers, ...headers }, next);
      inFlight -= 1;
      counts.add(next, received);
      const { provenVersion: version } = received;
      if (version) latest.set(version, Math.max(sentAt, latest.get(version) ?? 0));
      await pause(paceMs);
    }
    agent.destroy();
  };
  const all = await Promise.all(requestKinds.map(requestsOf));
  const clients = all.flatMap((requests) =>
    Array.from({ length: clientsPerKind }, (_, number) => client(requests, number * 5)),
  );
  return {
    inFlight: () => inFlight,
    untilServedBy: async (version, limitMs) => {
      const from = performance.now();
      while ((latest.get(version) ?? 0) < from) {
        if (performance.now() - from > limitMs)
          throw new Error(`Version ${version} did not serve within ${limitMs} ms.`);
        await pause(5);
      }
    },
    stop: async () => {
      stop.abort();
      await Promise.all(clients);
    },
  };
}

const none = { status: 0, requestId: "", namedVersions: [], provenVersion: undefined };

function send(agent: Agent, url: string, headers: Record<string, string>, sent: SentRequest): Promise<Received> {
  const { body, rows } = sent;
  const startedAt = performance.now();
  const { promise, resolve } = Promise.withResolvers<Received>();
  const end = (received: Omit<Received, "latencyMs">) =>
    resolve({ ...received, latencyMs: performance.now() - startedAt });
  const fail = ({ code, message }: NodeJS.ErrnoException) =>
    end({ ...none, wasSent: code !== "ECONNREFUSED", error: code ?? message });
  const asked = request(url, { agent, method: "POST", headers: { ...headers, "content-length": body.length } });
  asked.setTimeout(requestLimitMs, () => asked.destroy(new Error("The response did not arrive in time.")));
  asked.once("error", fail);
  asked.once("response", (response) => {
    buffer(response).then((received) => end(read(response, received, rows)), fail);
  });
  asked.end(body);
  return promise;
}

interface Body {
  model_version: string;
  outputs: { name: string; data?: number[] }[];
}

function read({ statusCode: status = 0, headers }: IncomingMessage, received: Buffer, rows: readonly SentRow[]) {
  const requestId = String(headers["leeway-request-id"] ?? "");
  const named = String(headers["leeway-model-version"] ?? "");
  const about = { status, requestId, wasSent: true };
  if (status !== 200) {
    const error = received.toString("utf8", 0, 200);
    return { ...about, namedVersions: [named], provenVersion: undefined, error };
  }
  const jsonLength = Number(headers["inference-header-content-length"] ?? received.length);
  try {
    const { model_version, outputs } = JSON.parse(received.toString("utf8", 0, jsonLength)) as Body;
    const data = outputs[0]?.data ?? floatsOf(received.subarray(jsonLength));
    return { ...about, namedVersions: [model_version, named], provenVersion: provenVersion(rows, data), error: "" };
  } catch {
    return { ...about, namedVersions: [named], provenVersion: undefined, error: "unreadable body" };
  }
}

function floatsOf(bytes: Buffer): Float32Array {
  const copy = new ArrayBuffer(bytes.length - (bytes.length % 4));
  bytes.copy(new Uint8Array(copy));
  return new Float32Array(copy);
}
