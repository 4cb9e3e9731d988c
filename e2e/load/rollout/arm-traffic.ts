import { Agent, request } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import type { DemoTarget } from "#server/roles/demo/client.ts";
import { seededRandom } from "#server/stats/random.ts";
import { categoryShares, delicateBody } from "./delicate-model.ts";

interface Rate {
  ratePerSecond: number;
  seed: number;
  /** Returns the shares of the categories for each request; `categoryShares` by default. */
  shares?: () => readonly number[];
}

/** One request and its end. Times in milliseconds since 1970. */
export interface ArmCall {
  sentAt: number;
  at: number;
  /** Status of the response; 0 when the connection ended without one. */
  status: number;
  /** Arm that responded, according to the response. */
  arm: string | undefined;
  category: number;
}

export interface Traffic {
  /** Calls of all completed requests, in the order of completion. */
  calls: ArmCall[];
  /** Sends no more, and resolves when all have ended. */
  stop(): Promise<void>;
}

const limitMs = 15_000;
const connections = 24;

/** Sends requests to an endpoint at a fixed rate, whatever it responds, each request once. */
export function startTraffic(
  { gatewayUrl, token }: Pick<DemoTarget, "gatewayUrl" | "token">,
  name: string,
  { ratePerSecond, seed, shares = () => categoryShares }: Rate,
): Traffic {
  const random = seededRandom(seed);
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const url = `${gatewayUrl}/v2/models/${name}/infer`;
  const bodies = categoryShares.map((_, category) => delicateBody(category));
  const calls: ArmCall[] = [];
  const running = new Set<Promise<void>>();
  const stopped = new AbortController();
  const send = () => {
    const category = categoryFrom(shares(), random());
    const sentAt = Date.now();
    const work = run(agent, url, token, bodies[category] as Buffer).then((end) => {
      calls.push({ sentAt, at: Date.now(), category, ...end });
      running.delete(work);
    });
    running.add(work);
  };
  const startedAt = performance.now();
  const sending = (async () => {
    for (let sent = 0; !stopped.signal.aborted; await pause(5)) {
      const due = ((performance.now() - startedAt) / 1000) * ratePerSecond;
      for (; sent < due; sent += 1) send();
    }
  })();
  return {
    calls,
    stop: async () => {
      stopped.abort();
      await sending;
      while (running.size > 0) await Promise.all(running);
      agent.destroy();
    },
  };
}

function categoryFrom(shares: readonly number[], chance: number): number {
  let sum = 0;
  const found = shares.findIndex((share) => {
    sum += share;
    return chance < sum;
  });
  return Math.max(0, found);
}

function run(agent: Agent, url: string, token: string, body: Buffer): Promise<Pick<ArmCall, "status" | "arm">> {
  return new Promise((resolve) => {
    const failed = { status: 0, arm: undefined };
    const headers = {
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      "content-length": body.length,
    };
    const sent = request(url, { agent, method: "POST", headers, timeout: limitMs });
    sent.once("timeout", () => sent.destroy());
    sent.once("error", () => resolve(failed));
    sent.once("response", (response) => {
      const arm = response.headers["leeway-arm"];
      response.once("error", () => resolve(failed));
      response.once("end", () =>
        resolve({ status: response.statusCode ?? 0, arm: typeof arm === "string" ? arm : undefined }),
      );
      response.resume();
    });
    sent.end(body);
  });
}
