import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { expect } from "@playwright/test";
import { call, leeway } from "./fixture.ts";
import { digits, image } from "./serving-fixture.ts";

/** The release that fails on every eighth image, by its own fault. */
export const faultyFile = "digits/models/digits-v6.onnx";
const ratePerSecond = 15;
const minuteMs = 60_000;

interface Result {
  at: number;
  isBad: boolean;
}

/** Sends real digits to an endpoint, one after the other at a fixed rate, whatever it responds. */
export function startTraffic(endpoint: string) {
  const bodies = digits(500).map(({ pixels }) => JSON.stringify({ inputs: [image(pixels)] }));
  const predictions: Result[] = [];
  let sent = 0;
  const request = async () => {
    const response = await fetch(`${leeway.gatewayUrl}/v2/models/${endpoint}/infer`, {
      method: "POST",
      headers: { authorization: `Bearer ${leeway.token}`, "content-type": "application/json" },
      body: bodies[sent++ % bodies.length] ?? "",
    });
    await response.arrayBuffer();
    predictions.push({ at: Date.now(), isBad: response.status >= 500 });
  };
  // A request without a response is missing in the counts, which the test reports.
  const timer = setInterval(() => void request().catch(() => {}), 1000 / ratePerSecond);
  return { answers: predictions, stop: () => clearInterval(timer) };
}

export interface ReceivedPage {
  at: number;
  status: string;
  receiver: string;
  alerts: { status: string; labels: Record<string, string>; annotations: Record<string, string> }[];
}

/** Starts a pager: a webhook receiver on this machine, registered in Leeway as the receiver of pages. */
export async function startPager() {
  const received: ReceivedPage[] = [];
  const server = createServer(async (request, response) => {
    const body = JSON.parse(await text(request)) as Omit<ReceivedPage, "at">;
    received.push({ at: Date.now(), ...body });
    response.writeHead(200).end();
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/pages`;
  const { id } = await call<{ id: string }>("POST", "/api/v1/receivers", {
    name: "on-call",
    channels: [{ settings: { kind: "webhook", url } }],
  });
  const stop = async () => {
    await call("DELETE", `/api/v1/receivers/${id}`);
    server.close();
    server.closeAllConnections();
  };
  return { received, stop };
}

/** Creates an endpoint that serves version 1 of the model of its name. No request is sent before, because it would count as a failure. */
export async function newServed(name: string): Promise<void> {
  await call("POST", "/api/v1/endpoints", { name, captureShare: 1 });
  const reason = "Scene of a journey";
  await call("POST", `/api/v1/endpoints/${name}/deployments`, { model: name, version: 1, reason });
  const headers = { authorization: `Bearer ${leeway.token}` };
  const isReady = async () => (await fetch(`${leeway.gatewayUrl}/v2/models/${name}/ready`, { headers })).ok;
  await expect.poll(isReady).toBe(true);
}

/** SLO with one tier of one minute: it fires once more than 6% of the last complete minute failed. */
export const promise = { target: 0.99, factor: 6, longMinutes: 1 };

/** Creates a team responsible for the endpoint, and its availability SLO with a runbook. @returns the name of the SLO */
export async function newPromise(endpoint: string): Promise<string> {
  const { id: endpointId } = await call<{ id: string }>("GET", `/api/v1/endpoints/${endpoint}`);
  const team = await call<{ id: string }>("POST", "/api/v1/teams", { name: endpoint, endpoints: [endpoint] });
  const { runbooks } = await call<{ runbooks: { id: string; name: string }[] }>("GET", "/api/v1/runbooks");
  const runbookId = runbooks.find(({ name }) => name === "Bad canary")?.id;
  const { target, factor, longMinutes } = promise;
  const name = `${endpoint}-answers`;
  await call("POST", "/api/v1/slos", {
    name,
    teamId: team.id,
    runbookId,
    reason: "Scene of a journey",
    definition: {
      target,
      period: { kind: "rolling", days: 7 },
      indicator: { kind: "availability", endpointId },
      rules: { tiers: [{ severity: "page", longMinutes, shortMinutes: 1, factor }], absent: null },
    },
  });
  return name;
}

/**
 * Computes the minimum time until a tier fires, in milliseconds, at a constant error rate that starts suddenly on a clean service with
 * traffic in all of the long window: factor · budget · window / error rate (docs/spec/slo.md section 2.1).
 */
export function theoreticalMs(errorRate: number): number {
  return (promise.factor * (1 - promise.target) * promise.longMinutes * minuteMs) / errorRate;
}
