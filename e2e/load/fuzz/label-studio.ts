import { Mutations } from "#server/testing/fixtures/http/feast/mutations.ts";
import {
  type ChangedCall,
  changedCalls,
  firstCalls,
} from "#server/testing/fixtures/http/label-studio/changed-calls.ts";
import { KnownIds } from "#server/testing/fixtures/http/label-studio/known-ids.ts";
import type { Stack } from "../../suite/stack.ts";
import { roleProcess } from "../chaos/faults.ts";
import { residentMb } from "../tracking/server.ts";

/** What became of changed calls of Label Studio's interface. */
export interface LabelStudioFindings {
  calls: number;
  byStatus: Record<string, number>;
  /** Calls whose body was sent in chunks, and that were ended by their client midway. */
  chunked: number;
  ended: number;
  /** Calls that Leeway failed to answer, in words. */
  failures: string[];
  /** The longest wait for a response, in milliseconds, and the call. */
  maxMs: number;
  slowest: string;
  /** Megabytes of web and worker after a tenth of the calls, at the end, and at most. */
  memoryMb: { early: number; end: number; max: number };
  /** Roles that another process runs now. */
  restarted: string[];
}

const roles = ["web", "worker"] as const;
/** Callers at the same time. */
const parallel = 8;
/** Projects below which new ones are created. */
const fewProjects = 3;

/**
 * Sends changed recorded calls: their JSON, configurations, files and forms, whole or in chunks. Some clients leave before the end.
 * @param seconds that it may take
 */
export async function fuzzLabelStudio(stack: Stack, seconds: number, seed = 19): Promise<LabelStudioFindings> {
  const supervisor = stack.process.pid ?? 0;
  const processes = () => Promise.all(roles.map((role) => roleProcess(supervisor, role)));
  const before = await processes();
  const mutations = new Mutations(seed);
  const known = new KnownIds();
  const draw = changedCalls(mutations, known);
  const found = { calls: 0, chunked: 0, ended: 0, maxMs: 0, slowest: "" };
  const byStatus: Record<string, number> = {};
  const failures: string[] = [];
  const memory: number[] = [];

  const send = async (call: ChangedCall, isPlain = false): Promise<string> => {
    const { method, path, headers, body } = call;
    const isChunked = !isPlain && body !== undefined && mutations.random(4) === 0;
    const leaves = !isPlain && mutations.random(40) === 0;
    found.chunked += Number(isChunked);
    const authorization = `Token ${stack.environment.LEEWAY_TOKEN}`;
    const sent = method === "GET" ? undefined : body;
    const startedAt = performance.now();
    const leaving = new AbortController();
    if (leaves) setTimeout(() => leaving.abort(), mutations.random(60));
    try {
      const response = await fetch(`${stack.url}/label-studio${path}`, {
        method,
        headers: { ...headers, authorization },
        ...(sent !== undefined && { body: isChunked ? inPieces(sent, mutations) : sent, duplex: "half" }),
        signal: AbortSignal.any([AbortSignal.timeout(60_000), leaving.signal]),
      });
      const text = await response.text();
      if (response.ok) known.learn(method, path, parsed(text));
      if (response.status === 404) known.evict(path);
      return `${response.status}: ${text.slice(0, 200)} <- ${method} ${path} ${body?.slice(0, 200)}`;
    } catch (error) {
      if (!leaving.signal.aborted) throw new Error(`${error} <- ${method} ${path} ${body?.slice(0, 200)}`);
      found.ended += 1;
      return "ended";
    } finally {
      const ms = Math.round(performance.now() - startedAt);
      if (ms > found.maxMs)
        Object.assign(found, { maxMs: ms, slowest: `${method} ${path} with ${body?.length ?? 0} characters` });
    }
  };

  let creating: Promise<void> | undefined;
  const create = async () => {
    for (const call of firstCalls(known, found.calls)) await send(call, true);
  };
  const startedAt = Date.now();
  await Promise.all(
    Array.from({ length: parallel }, async () => {
      while (Date.now() - startedAt < seconds * 1000) {
        if (known.projects < fewProjects) {
          creating ??= create().finally(() => {
            creating = undefined;
          });
          await creating;
        }
        const answer = await send(draw()).catch((error: unknown) => `no answer: ${error}`);
        const status = answer.split(":")[0] ?? "";
        found.calls += 1;
        byStatus[status] = (byStatus[status] ?? 0) + 1;
        const isFault = status !== "ended" && !(Number(status) < 500);
        if (isFault && failures.length < 50) failures.push(answer.slice(0, 500));
        if (found.calls % 500 === 0) memory.push(await residentMb(await processes()));
      }
    }),
  );
  const after = await processes();
  const end = await residentMb(after);
  const early = memory[Math.floor(memory.length / 10)] ?? end;
  return {
    ...found,
    byStatus,
    failures,
    memoryMb: { early, end, max: Math.max(end, ...memory) },
    restarted: roles.filter((_, index) => before[index] !== after[index]),
  };
}

/** Sends a text without its length, in pieces that may end inside a character. */
function inPieces(text: string, mutations: Mutations): ReadableStream<Uint8Array> {
  const bytes = Buffer.from(text);
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      const end = at + 1 + mutations.random(Math.max(100, bytes.length));
      controller.enqueue(new Uint8Array(bytes.subarray(at, end)));
      at = end;
    },
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
