import { readFileSync } from "node:fs";
import { type ClientHttp2Session, connect } from "node:http2";
import { decodeFlight, encodeFlight } from "#server/http/feast/flight/messages.ts";
import { Mutations } from "#server/testing/fixtures/http/feast/mutations.ts";
import { recordedCalls, sendGrpc } from "#server/testing/fixtures/http/feast/testing.ts";
import type { Stack } from "../../suite/stack.ts";
import { roleProcess } from "../chaos/faults.ts";
import { residentMb } from "../tracking/server.ts";

/** What became of malformed calls of Feast's three interfaces. */
export interface FeastFindings {
  calls: number;
  /** Calls by interface and status. */
  byStatus: Record<string, number>;
  /** Calls that Leeway failed to answer, in words. */
  failures: string[];
  /** Megabytes of web and gateway after a tenth of the calls, at the end, and at most. */
  memoryMb: { early: number; end: number; max: number };
  /** Roles that another process runs now. */
  restarted: string[];
}

/** Codes of gRPC that say that the server failed: UNKNOWN, INTERNAL, DATA_LOSS. */
const serverFaults = [2, 13, 15];
const roles = ["web", "gateway"] as const;
/** Callers at the same time. */
const parallel = 8;
/** A process may take what V8 grants before it collects; what grows without a bound exceeds it. */
export const maxGrowthMb = 400;

interface Call {
  name: string;
  send(): Promise<string | undefined>;
}

/**
 * Sends changed requests to Feast's HTTP routes of both roles, the registry over gRPC and Arrow Flight.
 * @param seconds that it may take
 */
export async function fuzzFeast(stack: Stack, seconds: number, seed = 18): Promise<FeastFindings> {
  const supervisor = stack.process.pid ?? 0;
  const processes = () => Promise.all(roles.map((role) => roleProcess(supervisor, role)));
  const before = await processes();
  const mutations = new Mutations(seed);
  const token = stack.environment.LEEWAY_TOKEN ?? "";
  const session = new Session(`http://127.0.0.1:${stack.environment.LEEWAY_FEAST_PORT}`);
  await replay(session, token);
  const byStatus: Record<string, number> = {};
  const failures: string[] = [];
  const memory: number[] = [];
  let calls = 0;
  const startedAt = Date.now();
  const draw = [httpCalls(stack, token, mutations), grpcCalls(session, token, mutations)];
  await Promise.all(
    Array.from({ length: parallel }, async () => {
      while (Date.now() - startedAt < seconds * 1000) {
        const call = mutations.pick(draw)();
        const answer = await call.send().catch((error: unknown) => `no answer: ${error}`);
        calls += 1;
        const status = `${call.name} ${answer?.split(":")[0]}`;
        byStatus[status] = (byStatus[status] ?? 0) + 1;
        if (answer && isFault(answer) && failures.length < 50) failures.push(`${call.name}: ${answer.slice(0, 300)}`);
        if (calls % 500 === 0) memory.push(await residentMb(await processes()));
      }
    }),
  );
  session.close();
  const after = await processes();
  const end = await residentMb(after);
  const early = memory[Math.floor(memory.length / 10)] ?? end;
  return {
    calls,
    byStatus,
    failures,
    memoryMb: { early, end, max: Math.max(end, ...memory) },
    restarted: roles.filter((_, index) => before[index] !== after[index]),
  };
}

function isFault(answer: string): boolean {
  if (answer.startsWith("no answer")) return true;
  const [kind, code] = answer.split(":")[0]?.split(" ") ?? [];
  if (kind === "grpc") return serverFaults.includes(Number(code));
  return Number(code) >= 500 && Number(code) !== 501;
}

function httpCalls(stack: Stack, token: string, mutations: Mutations): () => Call {
  const golden = JSON.parse(
    readFileSync(new URL("../../../server/http/feast/rest/golden-exchanges.json", import.meta.url), "utf8"),
  ) as { exchanges: { exchanges: { path: string; rawRequest?: string }[] }[] };
  const seeds = golden.exchanges.flatMap(({ exchanges }) =>
    exchanges.flatMap(({ path, rawRequest }) => (rawRequest === undefined ? [] : [{ path, text: rawRequest }])),
  );
  return () => {
    const { path, text } = mutations.pick(seeds);
    const base = mutations.pick([stack.url, stack.gatewayUrl]);
    const body = mutations.body(text);
    return {
      name: `${base === stack.url ? "web" : "gateway"} ${path.split("?")[0]}`,
      send: async () => {
        const response = await fetch(`${base}/feast${path}`, {
          method: "POST",
          headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
          body,
          signal: AbortSignal.timeout(60_000),
        });
        return `http ${response.status}: ${(await response.text()).slice(0, 200)} <- ${body.slice(0, 200)}`;
      },
    };
  };
}

function grpcCalls(session: Session, token: string, mutations: Mutations): () => Call {
  const seeds = ["0.67.0", "0.63.0"].flatMap((version) =>
    recordedCalls(version).flatMap(({ method, request, messages }) =>
      method ? [{ method, messages: (messages ?? [request ?? ""]).map((part) => Buffer.from(part, "base64")) }] : [],
    ),
  );
  return () => {
    const { method, messages } = mutations.pick(seeds);
    const changed = messages.map((message) => {
      if (mutations.random(messages.length) > 1) return message;
      return method.includes("Flight") && mutations.random(2) === 0
        ? insideFlight(message, mutations)
        : mutations.bytes(message);
    });
    return {
      name: method.split("/").at(-1) ?? "",
      send: async () => {
        const { status, message } = await session.send(method, changed, token);
        return `grpc ${status}: ${message.slice(0, 200)} <- ${changed[0]?.toString("base64").slice(0, 200)}`;
      },
    };
  };
}

/** Changes the table within a message of Flight, so that what reads the message itself has no reason to refuse. */
function insideFlight(message: Buffer, mutations: Mutations): Uint8Array {
  try {
    const data = decodeFlight("FlightData", message);
    const part = mutations.pick(["data_header", "data_body"] as const);
    return encodeFlight("FlightData", { ...data, [part]: mutations.bytes(data[part] ?? new Uint8Array()) });
  } catch {
    return mutations.bytes(message);
  }
}

/** Defines what the recorded calls are about, so that many of the changed ones reach their work. */
async function replay(session: Session, token: string): Promise<void> {
  for (const { method, request } of recordedCalls("0.67.0")) {
    if (method && request) await session.send(method, [Buffer.from(request, "base64")], token);
  }
}

/** A connection that is opened again after it broke. */
class Session {
  private readonly url: string;
  private session: ClientHttp2Session | undefined;

  constructor(url: string) {
    this.url = url;
  }

  send(method: string, messages: readonly Uint8Array[], token: string): ReturnType<typeof sendGrpc> {
    if (!this.session || this.session.closed || this.session.destroyed) {
      this.session = connect(this.url, { maxSessionMemory: 256 });
      this.session.on("error", () => {});
    }
    return sendGrpc(this.session, method, messages, token);
  }

  close(): void {
    this.session?.destroy();
  }
}
