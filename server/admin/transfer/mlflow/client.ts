import { type IncomingMessage, request as requestPlain } from "node:http";
import { request as requestSecure } from "node:https";
import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { minuteMs } from "#server/base/durations.ts";
import { DomainError } from "#server/base/errors.ts";
import { parsedJson, parsedObject } from "#server/base/parsed-json.ts";
import type { ImportRules } from "../contract.ts";
import { resolveHost } from "./address.ts";

/** Maximum time until the response starts, and between two parts of it. */
const silenceMs = minuteMs;
/** Waits before the second, third … try. */
const waitsMs = [500, 2_000, 8_000, 20_000];
/** Maximum size of a JSON response: a page of runs with many params is far smaller. */
const maxJsonBytes = 256 * 2 ** 20;

export interface MlflowClient {
  /** Sends a JSON request. @throws DomainError "not-found", "invalid" with the server's message, "unavailable" after several attempts. */
  request(method: "GET" | "POST", path: string, fields: Record<string, unknown>): Promise<unknown>;
  /** Opens a file as a stream. @throws DomainError as above */
  open(path: string, query: Record<string, string>): Promise<Readable>;
}

interface ClientOptions {
  /** Without a slash at the end. */
  address: string;
  /** Value of the header Authorization. */
  authorization: string | undefined;
  rules: ImportRules;
  signal: AbortSignal;
}

/**
 * Speaks to an MLflow server: no redirect is followed, silence ends a request, and what fails by chance (connection, 429, 5xx) is
 * tried five times in half a minute.
 */
export function openMlflow({ address, authorization, rules, signal }: ClientOptions): MlflowClient {
  async function send(method: "GET" | "POST", url: URL, body?: string): Promise<IncomingMessage> {
    for (let attempt = 0; ; attempt++) {
      signal.throwIfAborted();
      const wait = waitsMs[attempt];
      try {
        const response = await once(method, url, body);
        const status = response.statusCode ?? 0;
        if (status === 200) return response;
        const text = (await upTo(response, 64 * 1024)).toString("utf8");
        if (wait === undefined || !(status === 429 || status >= 500)) throw refused(url, status, text);
        const retryAfterMs = Number(response.headers["retry-after"]) * 1000;
        await pause(retryAfterMs > 0 ? Math.min(retryAfterMs, 30_000) : wait, undefined, { signal });
      } catch (error) {
        if (signal.aborted || (error instanceof DomainError && error.code !== "unavailable")) throw error;
        if (wait === undefined) throw unreachable(url, error);
        await pause(wait, undefined, { signal });
      }
    }
  }

  async function once(method: string, url: URL, body: string | undefined): Promise<IncomingMessage> {
    const pinned = await resolveHost(url, rules);
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const request = url.protocol === "https:" ? requestSecure : requestPlain;
    const call = request(url, {
      method,
      headers: {
        accept: "application/json, */*",
        ...(authorization && { authorization }),
        ...(body !== undefined && { "content-type": "application/json", "content-length": Buffer.byteLength(body) }),
      },
      signal,
      lookup: (_host, options, done) =>
        options.all ? done(null, [pinned]) : done(null, pinned.address, pinned.family),
    });
    call.setTimeout(silenceMs, () => call.destroy(new Error(`no response for ${silenceMs / 1000} s`)));
    call.on("response", resolve);
    call.on("error", reject);
    call.end(body);
    return promise;
  }

  return {
    async request(method, path, fields) {
      const url = new URL(`${address}${path}`);
      if (method === "GET") {
        for (const [name, value] of Object.entries(fields))
          if (value !== undefined) url.searchParams.set(name, String(value));
      }
      const response = await send(method, url, method === "POST" ? JSON.stringify(fields) : undefined);
      const text = (await upTo(response, maxJsonBytes)).toString("utf8");
      return readJson(text) ?? notMlflow(url);
    },
    async open(path, query) {
      const url = new URL(`${address}${path}`);
      for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
      const response = await send("GET", url);
      response.setTimeout(silenceMs, () =>
        response.destroy(new DomainError("unavailable", `${url.origin} stopped responding.`)),
      );
      return response;
    },
  };
}

function readJson(text: string): unknown {
  return parsedJson(text) ?? parsedJson(withoutBareLiterals(text));
}

/** Python's json writes NaN and the infinities bare, which JSON does not have. */
function withoutBareLiterals(text: string): string {
  return text.replace(/([:[,]\s*)(NaN|-?Infinity)(?=\s*[,\]}])/g, '$1"$2"');
}

function notMlflow(url: URL): never {
  throw new DomainError("invalid", `${url.origin} does not look like an MLflow server. Check the URL.`);
}

async function upTo(response: IncomingMessage, most: number): Promise<Buffer> {
  async function* countBytes(): AsyncGenerator<Buffer> {
    let bytes = 0;
    for await (const chunk of response as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > most) throw new DomainError("too-large", "The server response is too large.");
      yield chunk;
    }
  }
  return buffer(countBytes());
}

function refused(url: URL, status: number, text: string): DomainError {
  const said = messageOf(text);
  if (status === 401 || status === 403) {
    return new DomainError(
      "forbidden",
      `${url.origin} denied access (${status}). Check the token, or the username and password.`,
    );
  }
  if (status === 404) return new DomainError("not-found", said || `${url.pathname} not found.`);
  if (status >= 300 && status < 400) {
    return new DomainError("invalid", `${url.origin} redirects to another host. Use that URL instead.`);
  }
  if (status === 429 || status >= 500) {
    return new DomainError(
      "unavailable",
      `${url.origin} responded with ${status} to ${url.pathname} five times. ${said}`,
    );
  }
  return new DomainError("invalid", `${url.origin} responded with ${status} to ${url.pathname}. ${said}`);
}

function messageOf(text: string): string {
  const { message } = parsedObject(text) ?? {};
  return typeof message === "string" ? message.slice(0, 500) : "";
}

function unreachable(url: URL, cause: unknown): DomainError {
  if (cause instanceof DomainError) return cause;
  const why = cause instanceof Error ? cause.message : String(cause);
  return new DomainError("unavailable", `${url.origin} is unreachable: ${why}.`, { cause });
}
