import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test, vi } from "vitest";
import { roleProcess } from "../load/chaos/faults.ts";
import { slowBody, slowModel } from "../load/slow-model.ts";
import { firstToken, launch, newEnvironment, soon } from "./leeway.ts";

const count = 60;

/** Starts a webhook receiver that collects the ids of deliveries by the id of their task. */
async function newReceiver() {
  const received = new Map<string, Set<string>>();
  const server = createServer(async (request, response) => {
    const { data } = JSON.parse(await text(request)) as { data: { id: string } };
    const ids = received.get(data.id) ?? new Set();
    received.set(data.id, ids.add(String(request.headers["x-mlflow-delivery-id"])));
    response.end();
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => void server.close());
  return { received, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook` };
}

test("loses no task of a killed gateway, and notifies about each once", async () => {
  const env = await newEnvironment();
  const leeway = launch({ ...env, WEBHOOK_PRIVATE_ADDRESSES: "true", GATEWAY_PROCESSES: "1", LEEWAY_DEV: "true" });
  await leeway.running();
  const authorization = `Bearer ${await firstToken(env)}`;
  const send = async <Result>(method: string, url: string, body?: object | Buffer): Promise<Result> => {
    const type = body instanceof Buffer ? "application/octet-stream" : "application/json";
    const response = await fetch(url, {
      method,
      headers: { authorization, ...(body && { "content-type": type }) },
      ...(body && { body: body instanceof Buffer ? new Uint8Array(body) : JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Result;
  };
  const rest = `${leeway.url}/api/v1`;
  await send("POST", `${rest}/models/slow/versions`, (await slowModel(300)).model);
  await vi.waitFor(
    async () => expect(await send("GET", `${rest}/models/slow/versions/1`)).toMatchObject({ inspection: "servable" }),
    soon,
  );
  await send("POST", `${rest}/endpoints`, { name: "slow" });
  await send("POST", `${rest}/endpoints/slow/deployments`, { model: "slow", version: 1, reason: "test" });
  const { received, url } = await newReceiver();
  await send("PUT", `${rest}/endpoints/slow/task-webhook`, { url });
  const submit = `${leeway.gatewayUrl}/v2/models/slow/tasks`;
  await vi.waitFor(() => send("GET", `${leeway.gatewayUrl}/v2/models/slow`), soon);

  // At once, so that some still wait when a slow machine gets to kill the gateway.
  const submitted = Array.from({ length: count }, () => send<{ id: string }>("POST", submit, slowBody));
  const ids = (await Promise.all(submitted)).map(({ id }) => id);
  const backlog = () =>
    send<{ queued: number; running: number; succeededLastHour: number }>("GET", `${rest}/endpoints/slow/backlog`);
  await vi.waitFor(
    async () => {
      const { running, succeededLastHour } = await backlog();
      expect(running).toBeGreaterThan(0);
      expect(succeededLastHour).toBeGreaterThan(2);
    },
    { ...soon, interval: 20 },
  );
  process.kill(await roleProcess(leeway.process.pid ?? 0, "gateway"), "SIGKILL");
  expect((await backlog()).queued).toBeGreaterThan(0);

  await vi.waitFor(async () => expect(await backlog()).toMatchObject({ queued: 0, running: 0 }), soon);
  await vi.waitFor(() => expect(received.size).toBe(count), soon);
  const ends = await Promise.all(
    ids.map((id) => send<{ state: string; attempts: number }>("GET", `${leeway.gatewayUrl}/v2/tasks/${id}`)),
  );
  expect(new Set(ends.map(({ state }) => state))).toEqual(new Set(["succeeded"]));
  // Tasks that were running when it was killed had a second attempt.
  expect(ends.some(({ attempts }) => attempts === 2)).toBe(true);
  expect([...received.keys()].toSorted()).toEqual(ids.toSorted());
  expect([...received.values()].every((deliveries) => deliveries.size === 1)).toBe(true);
});
