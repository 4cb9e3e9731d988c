import { type IncomingMessage, request as requestPlain } from "node:http";
import { request as requestSecure } from "node:https";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { DomainError } from "#server/base/errors.ts";

/** The HTTP interface of an engine. */
export interface EngineServer {
  /** In messages: "Ray". */
  name: string;
  /** http or https; paths are put after its own. */
  address: string;
  headers: Record<string, string>;
  /** For https: whom to trust, and who calls (PEM). */
  tls?: { ca?: string; cert?: string; key?: string; rejectUnauthorized?: boolean; servername?: string };
}

export interface EngineRequest {
  method: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Below the address, with its query. */
  path: string;
  headers?: Record<string, string>;
  /** Sent as JSON, or as it is with its length. */
  body?: { json: unknown } | { stream: Readable; sizeBytes: number; type: string };
  /** Longest answer that is read; longer ones are refused. */
  maxBytes?: number;
  /** Longest time for all of it. */
  limitMs?: number;
}

export interface EngineAnswer {
  status: number;
  type: string;
  body: Buffer;
}

const defaultLimitMs = 10_000;
const defaultMaxBytes = 2 ** 20;

/**
 * Asks an engine, without following redirects. It uses no `fetch`, whose headers Ray takes for a browser's and refuses.
 * docs/spec/training.md section 5.
 * @throws DomainError "unavailable" when it does not answer in time, "too-large" for an answer that is longer than allowed
 */
export async function askEngine(
  server: EngineServer,
  request: EngineRequest,
  deadline: AbortSignal,
): Promise<EngineAnswer> {
  const { limitMs = defaultLimitMs, maxBytes = defaultMaxBytes } = request;
  const signal = AbortSignal.any([deadline, AbortSignal.timeout(limitMs)]);
  try {
    const answer = await openEngineStream(server, request, signal);
    return {
      status: answer.statusCode ?? 0,
      type: answer.headers["content-type"] ?? "",
      body: await read(answer, maxBytes),
    };
  } catch (cause) {
    throw problemOf(cause, { name: server.name, signal });
  }
}

/** Sends a request and returns the answer while its body is still to be read. Whoever gets it reads or destroys it. */
export async function openEngineStream(
  { address, headers: own, tls }: EngineServer,
  { method, path, headers = {}, body }: EngineRequest,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  signal.throwIfAborted();
  const { protocol, hostname, port, pathname } = new URL(address);
  const json = body && "json" in body ? Buffer.from(JSON.stringify(body.json)) : undefined;
  const call = (protocol === "https:" ? requestSecure : requestPlain)({
    method,
    hostname: hostname.replace(/^\[|\]$/g, ""),
    port,
    path: `${pathname.replace(/\/$/, "")}${path}`,
    headers: { accept: "application/json", ...lengthOf(body, json), ...own, ...headers },
    signal,
    ...tls,
  });
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  call.on("response", resolve);
  call.on("error", reject);
  if (body && "stream" in body) {
    // A server may answer before it has read all, for one when it is too much: the answer counts then.
    pipeline(body.stream, call).catch((error: unknown) => reject(error));
  } else call.end(json);
  return promise;
}

function lengthOf(body: EngineRequest["body"], json: Buffer | undefined): Record<string, string | number> {
  if (json) return { "content-type": "application/json", "content-length": json.length };
  if (body && "stream" in body) return { "content-type": body.type, "content-length": body.sizeBytes };
  return {};
}

async function read(answer: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of answer as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > maxBytes) {
      answer.destroy();
      throw new DomainError("too-large", `The response is larger than ${Math.round(maxBytes / 2 ** 20)} MiB.`);
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function problemOf(cause: unknown, { name, signal }: { name: string; signal: AbortSignal }): DomainError {
  if (cause instanceof DomainError) return new DomainError(cause.code, `${name}: ${cause.message}`, { cause });
  if (signal.aborted) return new DomainError("unavailable", `${name} did not respond in time.`, { cause });
  return new DomainError("unavailable", `Could not reach ${name}: ${reasonOf(cause)}.`, { cause });
}

/** A code such as ECONNREFUSED; addresses in messages of the system are only for the log. */
function reasonOf(cause: unknown): string {
  if (cause instanceof AggregateError && cause.errors.length > 0) return reasonOf(cause.errors[0]);
  if (cause instanceof Error && "code" in cause && typeof cause.code === "string") return cause.code;
  return cause instanceof Error ? cause.message.slice(0, 200) : String(cause).slice(0, 200);
}
