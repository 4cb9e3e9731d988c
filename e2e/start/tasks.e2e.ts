import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test, vi } from "vitest";
import { roleProcess } from "../load/chaos/faults.ts";
import { slowBody, slowModel } from "../load/slow-model.ts";
import { launch, place, tokenIn } from "./leeway.ts";

const count = 60;

/** A receiver of webhooks: the ids of deliveries by the id of their task. */
async function newReceiver() {
  const told = new Map<string, Set<string>>();
  const server = createServer(async (request, response) => {
    const { data } = JSON.parse(await text(request)) as { data: { id: string } };
    const ids = told.get(data.id) ?? new Set();
    told.set(data.id, ids.add(String(request.headers["x-mlflow-delivery-id"])));
    response.end();
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => void server.close());
  return { told, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook` };
}

test("a gateway that is killed in the middle of its tasks loses none, and each is told once", async () => {
  const env = await place();
  const leeway = launch({ ...env, WEBHOOK_PRIVATE_ADDRESSES: "true", GATEWAY_PROCESSES: "1", LEEWAY_DEV: "true" });
  await leeway.running();
  const authorization = `Bearer ${tokenIn(leeway.output())}`;
  const send = async <Answer>(method: string, url: string, body?: object | Buffer): Promise<Answer> => {
    const type = body instanceof Buffer ? "application/octet-stream" : "application/json";
    const answer = await fetch(url, {
      method,
      headers: { authorization, ...(body && { "content-type": type }) },
      ...(body && { body: body instanceof Buffer ? new Uint8Array(body) : JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Answer;
  };
  const rest = `${leeway.url}/api/v1`;
  await send("POST", `${rest}/models/slow/versions`, (await slowModel(150)).model);
  await vi.waitFor(
    async () => expect(await send("GET", `${rest}/models/slow/versions/1`)).toMatchObject({ inspection: "servable" }),
    { timeout: 60_000, interval: 200 },
  );
  await send("POST", `${rest}/endpoints`, { name: "slow" });
  await send("POST", `${rest}/endpoints/slow/deployments`, { model: "slow", version: 1, reason: "test" });
  const { told, url } = await newReceiver();
  await send("PUT", `${rest}/endpoints/slow/task-webhook`, { url });
  const submit = `${leeway.gatewayUrl}/v2/models/slow/tasks`;
  await vi.waitFor(() => send("GET", `${leeway.gatewayUrl}/v2/models/slow`), { timeout: 60_000, interval: 200 });

  const ids: string[] = [];
  for (let sent = 0; sent < count; sent += 1) ids.push((await send<{ id: string }>("POST", submit, slowBody)).id);
  const backlog = () =>
    send<{ queued: number; running: number; succeededLastHour: number }>("GET", `${rest}/endpoints/slow/backlog`);
  await vi.waitFor(
    async () => {
      const { running, succeededLastHour } = await backlog();
      expect(running).toBeGreaterThan(0);
      expect(succeededLastHour).toBeGreaterThan(2);
    },
    { timeout: 60_000, interval: 20 },
  );
  process.kill(await roleProcess(leeway.process.pid ?? 0, "gateway"), "SIGKILL");
  expect((await backlog()).queued).toBeGreaterThan(0);

  await vi.waitFor(async () => expect(await backlog()).toMatchObject({ queued: 0, running: 0 }), {
    timeout: 150_000,
    interval: 500,
  });
  await vi.waitFor(() => expect(told.size).toBe(count), { timeout: 60_000, interval: 200 });
  const ends = await Promise.all(
    ids.map((id) => send<{ state: string; attempts: number }>("GET", `${leeway.gatewayUrl}/v2/tasks/${id}`)),
  );
  expect(new Set(ends.map(({ state }) => state))).toEqual(new Set(["succeeded"]));
  // Those that ran when it was killed were repeated.
  expect(ends.some(({ attempts }) => attempts === 2)).toBe(true);
  expect([...told.keys()].toSorted()).toEqual(ids.toSorted());
  expect([...told.values()].every((deliveries) => deliveries.size === 1)).toBe(true);
}, 400_000);
