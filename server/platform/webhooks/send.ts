import { request as requestPlain } from "node:http";
import { request as requestSecure } from "node:https";
import { DomainError } from "#server/base/errors.ts";
import { readUrl, resolve } from "../network/address.ts";
import type { NetworkRules } from "../network/network-rules.ts";

const timeoutMs = 10_000;
/** Maximum number of bytes of a response that are read and stored, unless the caller needs more. */
const defaultResponseBytes = 1024;

export interface Sent {
  durationMs: number;
  status: number | null;
  answer: string | null;
  error: string | null;
  retryAfterSeconds?: number | undefined;
}

/**
 * Posts a body to a webhook's address: resolved once, connected to exactly that address, no redirects, at most 10 s in total, and at most 1
 * KiB of the response read. Never throws for failures of the receiver; these are the result.
 */
export async function send(
  url: string,
  {
    headers,
    body,
    maxResponseBytes = defaultResponseBytes,
  }: { headers: Record<string, string>; body: string; maxResponseBytes?: number },
  rules: NetworkRules,
): Promise<Sent> {
  const started = performance.now();
  const finish = (sent: Omit<Sent, "durationMs">): Sent => ({
    durationMs: Math.round(performance.now() - started),
    ...sent,
  });
  try {
    const target = readUrl(url, rules);
    const signal = AbortSignal.timeout(timeoutMs);
    const late = Promise.withResolvers<never>();
    signal.addEventListener("abort", () => late.reject(signal.reason), { once: true });
    // A look-up cannot be ended, only left behind.
    const pinned = await Promise.race([resolve(target, rules), late.promise]);
    return finish(await post({ url: target, pinned, headers, body, maxResponseBytes, signal }));
  } catch (error) {
    const known = error instanceof DomainError || (error instanceof Error && "code" in error);
    if (!known && !(error instanceof Error)) throw error;
    return finish({ status: null, answer: null, error: reasonOf(error as Error) });
  }
}

function reasonOf(error: Error): string {
  return error.name === "TimeoutError" ? `No response within ${timeoutMs / 1000}\u00a0s.` : error.message;
}

interface Post {
  url: URL;
  pinned: { address: string; family: number };
  headers: Record<string, string>;
  body: string;
  maxResponseBytes: number;
  signal: AbortSignal;
}

function post({ url, pinned, headers, body, maxResponseBytes, signal }: Post): Promise<Omit<Sent, "durationMs">> {
  const { promise, resolve: answered, reject } = Promise.withResolvers<Omit<Sent, "durationMs">>();
  const request = url.protocol === "https:" ? requestSecure : requestPlain;
  const call = request(url, {
    method: "POST",
    headers,
    agent: false,
    signal,
    lookup: (_host, options, done) => (options.all ? done(null, [pinned]) : done(null, pinned.address, pinned.family)),
  });
  call.on("error", (error) => reject(error.cause instanceof Error ? error.cause : error));
  call.on("response", (response) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const finish = () => {
      const responseText = Buffer.concat(chunks).subarray(0, maxResponseBytes).toString("utf8").replaceAll("\0", "");
      const retryAfter = Number(response.headers["retry-after"]);
      answered({
        status: response.statusCode ?? 0,
        answer: responseText,
        error: null,
        ...(Number.isFinite(retryAfter) && { retryAfterSeconds: retryAfter }),
      });
      response.destroy();
    };
    response.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= maxResponseBytes) finish();
    });
    response.on("end", finish);
    response.on("error", reject);
  });
  call.end(body);
  return promise;
}
