import type { DemoTarget } from "#server/roles/demo/client.ts";

const limitMs = 60_000;

/** A request and its response. */
export interface Exchange {
  /** Zero without a response. */
  status: number;
  /** MLflow's error code, or ours; "" for none. */
  code: string;
  message: string;
  body: Record<string, unknown>;
  sentAt: number;
  answeredAt: number;
}

/** Sends one request to the web role, without retries. @param body JSON, or the bytes of a file */
export async function exchange(target: DemoTarget, method: string, path: string, body?: object): Promise<Exchange> {
  const sentAt = Date.now();
  const isFile = Buffer.isBuffer(body);
  const headers = {
    authorization: `Bearer ${target.token}`,
    ...(body && { "content-type": isFile ? "application/octet-stream" : "application/json" }),
  };
  try {
    const response = await fetch(`${target.url}${path}`, {
      method,
      headers,
      body: body === undefined ? null : isFile ? new Uint8Array(body) : JSON.stringify(body),
      signal: AbortSignal.timeout(limitMs),
    });
    const text = await response.text();
    const parsed = text.startsWith("{") ? (JSON.parse(text) as Record<string, unknown>) : {};
    const code = response.ok ? "" : String(parsed.error_code ?? parsed.code ?? "");
    const message = response.ok ? "" : String(parsed.message ?? text.slice(0, 300));
    return { status: response.status, code, message, body: parsed, sentAt, answeredAt: Date.now() };
  } catch (error) {
    return { status: 0, code: "", message: String(error), body: {}, sentAt, answeredAt: Date.now() };
  }
}

/** Counts requests by what was answered. */
export class Answers {
  /** By "request: status code". */
  readonly refused = new Map<string, number>();
  /** Failures in words. */
  readonly failed: string[] = [];
  /** Responses to a client that say that its transaction conflicted with another one. */
  deadlocks = 0;
  requests = 0;

  /** Notes a response. @param isRefusalRight whether a rejection by 4xx is as it should be */
  note(name: string, answer: Exchange, isRefusalRight: boolean): void {
    const { status, code, message } = answer;
    this.requests += 1;
    if (/deadlock|serializ|Others changed the same data/i.test(message)) this.deadlocks += 1;
    if (status >= 200 && status < 300) return;
    if (isRefusalRight && [400, 404, 409].includes(status)) {
      const kind = `${name}: ${status} ${code}`;
      this.refused.set(kind, (this.refused.get(kind) ?? 0) + 1);
      return;
    }
    const words = `${name}: ${status} ${code} ${message}`;
    if (this.failed.length < 20) console.log(`FAILED ${new Date(answer.sentAt).toISOString()} ${words}`);
    this.failed.push(words);
  }
}
