import type { Stack } from "../../suite/stack.ts";
import { digits } from "../digits.ts";
import { startGatewayIn } from "../gateway.ts";
import { openGatewayFixture } from "../gateway-fixture.ts";
import {
  gatewayRequests,
  type HostileRequest,
  mlflowRequests,
  type OpenApi,
  pageRequests,
  restRequests,
} from "./hostile-requests.ts";
import { LoopWatch } from "./loop-watch.ts";
import { mlflowFixture } from "./mlflow.ts";

/** Longest time for which one request may hold the loop of a role. */
export const maxHoldMs = 50;
/** A hold that does not come again was the machine's. */
const repetitions = 4;

/** Holds of the loop that answers a kind of request. */
export interface Holds {
  requests: number;
  /** Milliseconds of the slowest request, and its name. */
  longestMs: number;
  longest: string;
  /** Requests that held the loop longer than allowed each time, with their milliseconds. */
  tooLong: Record<string, number>;
}

/** Sends hostile texts of 64 KB to every route, one request at a time, and measures how long each holds the loop that answers it. */
export async function fuzzTime(stack: Stack): Promise<Record<string, Holds>> {
  const { url, environment } = stack;
  const authorization = `Bearer ${environment.LEEWAY_TOKEN}`;
  const document = (await (await fetch(`${url}/api/v1/openapi.json`)).json()) as OpenApi;
  const plausible = await mlflowFixture(url, authorization);
  return {
    rest: await measure(url, authorization, restRequests(document)),
    mlflow: await measure(url, authorization, mlflowRequests(plausible)),
    pages: await measure(url, "", pageRequests()),
    gateway: await measureGateway(),
  };
}

async function measureGateway(): Promise<Holds> {
  const fixture = await openGatewayFixture();
  await fixture.deploy(await digits());
  const gateway = await startGatewayIn(fixture);
  try {
    await gateway.untilServed("digits");
    return await measure(gateway.url, fixture.headers.authorization, gatewayRequests("digits"));
  } finally {
    await gateway.stop();
    await fixture.close();
  }
}

async function measure(url: string, authorization: string, requests: Iterable<HostileRequest>): Promise<Holds> {
  await using watch = new LoopWatch(url);
  const holds: Holds = { requests: 0, longestMs: 0, longest: "", tooLong: {} };
  for (const request of requests) {
    let heldMs = await holdOf(watch, url, authorization, request);
    for (let turn = 1; turn < repetitions && heldMs > maxHoldMs / 2; turn += 1) {
      heldMs = Math.min(heldMs, await holdOf(watch, url, authorization, request));
    }
    holds.requests += 1;
    if (heldMs > holds.longestMs) Object.assign(holds, { longestMs: Math.round(heldMs), longest: request.name });
    if (heldMs > maxHoldMs) holds.tooLong[request.name] = Math.round(heldMs);
  }
  return holds;
}

async function holdOf(watch: LoopWatch, url: string, authorization: string, request: HostileRequest): Promise<number> {
  const { method, path, body } = request;
  watch.take();
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { "content-type": "application/json", ...(authorization && { authorization }) },
    body: body ?? null,
    redirect: "manual",
  });
  await response.arrayBuffer();
  return watch.take();
}
