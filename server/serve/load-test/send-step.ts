import { Agent, type IncomingHttpHeaders, request as requestPlain } from "node:http";
import { request as requestSecure, Agent as SecureAgent } from "node:https";
import { setTimeout as pause } from "node:timers/promises";
import type { SentRequest } from "./measure-step.ts";
import type { LoadRequest } from "./request-bodies.ts";

export interface Target {
  /** Address of the inference of one version. */
  url: string;
  authorization: string;
  requests: readonly LoadRequest[];
  maxInFlight: number;
  timeoutMs: number;
}

/** Above this rate the last millisecond before a request is not spent on looking at the clock: that would take a core. */
const watchedRate = 200;

/** Sends requests at given times over persistent connections; one instance per load test. */
export class OpenLoop {
  private readonly target: Target;
  private readonly agent: Agent | SecureAgent;
  private readonly send: typeof requestPlain;
  private inFlight = 0;
  private sent = 0;

  constructor(target: Target) {
    this.target = target;
    const isSecure = target.url.startsWith("https:");
    const options = { keepAlive: true, maxSockets: target.maxInFlight, maxFreeSockets: target.maxInFlight };
    this.agent = isSecure ? new SecureAgent(options) : new Agent(options);
    this.send = isSecure ? requestSecure : requestPlain;
  }

  /**
   * Sends a request at each of the given times, whether or not earlier ones have completed; one that is due while too many are in
   * flight is not sent. Resolves when all have ended, with one entry for each time; early when `signal` is aborted.
   * @param dueMs times in milliseconds from now
   */
  async step(dueMs: Float64Array, signal: AbortSignal): Promise<SentRequest[]> {
    const startedAt = performance.now();
    const now = () => performance.now() - startedAt;
    const watchMs = (dueMs.length * 1000) / (dueMs.at(-1) || 1) <= watchedRate ? 1 : 0;
    const ends: Promise<SentRequest>[] = [];
    for (const due of dueMs) {
      if (due > now()) await until(due, now, watchMs, signal);
      if (signal.aborted) break;
      if (this.inFlight >= this.target.maxInFlight) {
        const none = { sentMs: null, queueMs: null, computeMs: null };
        ends.push(Promise.resolve({ dueMs: due, endedMs: due, outcome: "not-sent", ...none }));
      } else ends.push(this.one(due, now));
    }
    return Promise.all(ends);
  }

  close(): void {
    this.agent.destroy();
  }

  private one(dueMs: number, now: () => number): Promise<SentRequest> {
    const { url, authorization, requests, timeoutMs } = this.target;
    const { headers, body } = requests[this.sent++ % requests.length] as LoadRequest;
    this.inFlight += 1;
    const sentMs = now();
    return new Promise((resolve) => {
      let isEnded = false;
      const end = (outcome: string, answered: IncomingHttpHeaders = {}) => {
        if (isEnded) return;
        isEnded = true;
        clearTimeout(timer);
        this.inFlight -= 1;
        resolve({ dueMs, sentMs, endedMs: now(), outcome, ...timingsOf(answered["server-timing"]) });
      };
      const all = { ...headers, authorization, "content-length": body.length };
      const sent = this.send(url, { agent: this.agent, method: "POST", headers: all });
      let isLate = false;
      const timer = setTimeout(() => {
        isLate = true;
        sent.destroy(new Error("timeout"));
      }, timeoutMs);
      sent.once("error", () => end(isLate ? "timeout" : "connection"));
      // A response that breaks off has neither an end nor, at the request, an error.
      sent.once("close", () => end(isLate ? "timeout" : "connection"));
      sent.once("response", (response) => {
        response.once("error", () => {});
        response.once("end", () => end(String(response.statusCode), response.headers));
        response.resume();
      });
      sent.end(body);
    });
  }
}

/** Timers are up to a millisecond late, so the last one is watched where there is time for it. */
async function until(due: number, now: () => number, watchMs: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const leftMs = due - now();
    if (leftMs <= 0) return;
    if (leftMs > 1 + watchMs) await pause(Math.min(100, leftMs - watchMs));
    else if (watchMs > 0) await new Promise((resolve) => setImmediate(resolve));
    else await pause(1);
  }
}

/** Parses Server-Timing as the gateway writes it for load tests: "queue;dur=0.3, compute;dur=1.2" (W3C Server Timing). */
function timingsOf(header: string | string[] | undefined): Pick<SentRequest, "queueMs" | "computeMs"> {
  const durations = new Map<string, number>();
  for (const metric of String(header ?? "").split(",")) {
    const [name = "", duration] = metric.trim().split(";dur=", 2);
    if (duration !== undefined) durations.set(name, Number(duration));
  }
  return { queueMs: durations.get("queue") ?? null, computeMs: durations.get("compute") ?? null };
}
