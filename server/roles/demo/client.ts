import { setTimeout as pause } from "node:timers/promises";

/** The addresses and the token with which the demo uses the product, as any client would. */
export interface DemoTarget {
  url: string;
  gatewayUrl: string;
  token: string;
  /** Acts as this person instead of by the token. */
  person?: { email: string; password: string };
}

/** A request that the server rejected. */
export class RequestRefused extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * Sends one JSON request and, on 429 and 503, waits as the server requests.
 * @throws RequestRefused with the server's message.
 */
export async function send<Result>(target: DemoTarget, method: string, url: string, body?: unknown): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(url, {
      method,
      headers: { authorization: authorizationOf(target), "content-type": contentType(body) },
      body: body === undefined || body instanceof Uint8Array ? (body as BodyInit | undefined) : JSON.stringify(body),
    });
    const text = await response.text();
    if (response.ok) return (text ? JSON.parse(text) : {}) as Result;
    const mayRetry = response.status === 429 || response.status === 503;
    if (!mayRetry || attempt === 5)
      throw new RequestRefused(response.status, `${method} ${url}: ${response.status} ${text}`);
    await pause(1000 * Number(response.headers.get("retry-after") ?? 1));
  }
}

/** Calls the MLflow API. */
export function mlflow<Result>(target: DemoTarget, call: string, body: unknown): Promise<Result> {
  return send(target, "POST", `${target.url}/api/2.0/mlflow/${call}`, body);
}

function authorizationOf({ token, person }: DemoTarget): string {
  if (!person) return `Bearer ${token}`;
  return `Basic ${Buffer.from(`${person.email}:${person.password}`).toString("base64")}`;
}

function contentType(body: unknown): string {
  return body instanceof Uint8Array ? "application/octet-stream" : "application/json";
}
