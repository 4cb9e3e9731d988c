import { type Dispatcher, errors, Pool } from "undici";
import { DomainError } from "#server/base/errors.ts";
import { lookupBy, readEngineUrl } from "./address.ts";
import type { Engine, EngineRules } from "./contract.ts";

/** An engine as gateways need it: with its secret. */
export interface DeployedEngine extends Engine {
  /** Value of the header `headerName`. */
  secret: string | null;
}

export interface EngineResponse {
  kind: "answered";
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
  retryAfterSeconds: number | undefined;
}

export type Called = EngineResponse | { kind: "lost"; message: string } | { kind: "late" };

/** Maximum number of connections; further requests wait here. Engines form their batches of the requests in flight. */
const connections = 64;
const maxResponseBytes = 256 * 2 ** 20;
/** Shorter than the idle time-outs of the servers in question (uvicorn has 5 s), so that they rarely close first. */
const keepAliveMs = 3000;

/** HTTP client of one engine: connections are reused, checked against the rules when opened, and no redirect is followed. */
export class EngineClient {
  private readonly pool: Pool;
  private readonly prefix: string;
  private readonly headers: Record<string, string>;

  /** @throws DomainError "invalid" when the rules no longer allow the address */
  constructor({ url, headerName, secret }: DeployedEngine, rules: EngineRules) {
    const { origin, pathname } = new URL(readEngineUrl(url, rules));
    this.prefix = pathname.replace(/\/$/, "");
    this.headers = headerName && secret !== null ? { [headerName]: secret } : {};
    this.pool = new Pool(origin, {
      connections,
      keepAliveTimeout: keepAliveMs,
      maxResponseSize: maxResponseBytes,
      // The time of a try is one for all of it.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: { timeout: 10_000, lookup: lookupBy(rules) },
    });
  }

  /** Requests a path below "/v2". Never throws because of the other side. */
  get(path: string, limitMs: number): Promise<Called> {
    return this.call({ method: "GET", path, headers: {} }, limitMs);
  }

  post(path: string, { body, headers }: { body: Buffer | string; headers: Record<string, string> }, limitMs: number) {
    return this.call({ method: "POST", path, headers, body }, limitMs);
  }

  /** Closes all connections. */
  async close(): Promise<void> {
    await this.pool.destroy();
  }

  private async call(
    { path, headers, ...request }: Pick<Dispatcher.RequestOptions, "method" | "path" | "body"> & Headers,
    limitMs: number,
  ): Promise<Called> {
    const signal = AbortSignal.timeout(Math.max(1, Math.ceil(limitMs)));
    try {
      const sent = { ...request, path: `${this.prefix}/v2${path}`, headers: { ...this.headers, ...headers }, signal };
      const { statusCode: status, headers: responseHeaders, body } = await this.pool.request(sent);
      const content = Buffer.from(await body.arrayBuffer());
      const seconds = Number(responseHeaders["retry-after"] ?? Number.NaN);
      const retryAfterSeconds = Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined;
      return { kind: "answered", status, headers: responseHeaders, body: content, retryAfterSeconds };
    } catch (cause) {
      if (signal.aborted) return { kind: "late" };
      if (cause instanceof errors.ResponseExceededMaxSizeError) return tooLarge;
      return { kind: "lost", message: reasonOf(cause) };
    }
  }
}

const tooLarge: EngineResponse = {
  kind: "answered",
  status: 502,
  headers: {},
  retryAfterSeconds: undefined,
  body: Buffer.from("the response is larger than 256\u00a0MiB"),
};

interface Headers {
  headers: Record<string, string>;
}

function reasonOf(cause: unknown): string {
  if (cause instanceof DomainError) return cause.message;
  if (cause instanceof AggregateError) return cause.errors.map(reasonOf).join(", ");
  return cause instanceof Error ? cause.message : String(cause);
}
