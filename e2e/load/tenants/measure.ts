import { setTimeout as pause } from "node:timers/promises";
import { quickBody } from "../chaos/steady-clients.ts";
import { quantile } from "../raw-clients.ts";
import { steadyRaw } from "../steady-clients.ts";

interface Target {
  gatewayUrl: string;
  endpoint: string;
  headers: Record<string, string>;
}

/** What a tenant has experienced in one phase. */
export interface Measured {
  requests: number;
  failed: number;
  p50Ms: number;
  p99Ms: number;
  /** Shares of the polls that reported the gateway, and the tenant's model, as ready. */
  gatewayReady: number;
  modelReady: number;
}

const ratePerSecond = 50;
const pollEveryMs = 50;
const pollLimitMs = 5_000;

/** Sends requests at a fixed rate for some seconds, and polls readiness meanwhile. */
export async function measure({ gatewayUrl, endpoint, headers }: Target, seconds: number): Promise<Measured> {
  const stop = new AbortController();
  const polls = [`${gatewayUrl}/health/ready`, `${gatewayUrl}/v2/models/${endpoint}/ready`].map((url) =>
    readyShare(url, headers, stop.signal),
  );
  const url = `${gatewayUrl}/v2/models/${endpoint}/infer`;
  const json = { ...headers, "content-type": "application/json" };
  const { requests, failures, latenciesMs } = await steadyRaw({
    url,
    headers: json,
    body: quickBody,
    clients: 16,
    seconds,
    ratePerSecond,
  });
  stop.abort();
  const [gatewayReady = 0, modelReady = 0] = await Promise.all(polls);
  const [p50Ms, p99Ms] = [quantile(latenciesMs, 0.5), quantile(latenciesMs, 0.99)];
  return { requests, failed: failures, p50Ms, p99Ms, gatewayReady, modelReady };
}

/** Polls until the signal aborts. A poll without a response in five seconds is one that was not ready. */
async function readyShare(url: string, headers: Record<string, string>, signal: AbortSignal): Promise<number> {
  let [polls, ready] = [0, 0];
  while (!signal.aborted) {
    polls += 1;
    if (await isOk(url, headers)) ready += 1;
    await pause(pollEveryMs);
  }
  return ready / polls;
}

/** Whether an address responds with 200 within five seconds. */
export function isOk(url: string, headers: Record<string, string>): Promise<boolean> {
  return fetch(url, { headers, signal: AbortSignal.timeout(pollLimitMs) }).then(
    async (response) => {
      await response.arrayBuffer();
      return response.ok;
    },
    () => false,
  );
}
