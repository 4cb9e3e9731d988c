import { Agent, request } from "node:http";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect, onTestFinished, test, vi } from "vitest";
import { memberships } from "#db/schema/index.ts";
import { createTokenFor } from "#server/platform/identity/tokens/create-token.ts";
import { mlpModel } from "#server/testing/fixtures/registry/onnx/fixture-models.ts";
import { mlpSignature } from "#server/testing/fixtures/serving/testing.ts";
import { type Balancer, startBalancer } from "../load/chaos/balancer.ts";
import { quickBody } from "../load/chaos/steady-clients.ts";
import { openGatewayFixture } from "../load/gateway-fixture.ts";
import { soon } from "./leeway.ts";
import { writeNextRelease } from "./next-release.ts";
import { startRole } from "./role-process.ts";

interface Load {
  what: string;
  url: string;
  path: string;
  headers: Record<string, string>;
  body?: Buffer;
}

interface Sent {
  what: string;
  succeeded: number;
  failed: string[];
}

/** Sends requests on one connection while the server allows it, without retries, until aborted. @param sent counts them */
async function send({ what, url, path, headers, body }: Load, sent: Sent, signal: AbortSignal): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  while (!signal.aborted) {
    const outcome = await new Promise<string | number>((resolve) => {
      const method = body ? "POST" : "GET";
      const outgoing = request(`${url}${path}`, {
        agent,
        method,
        headers: { ...headers, ...(body && { "content-length": body.length }) },
      });
      outgoing.once("error", ({ message }) => resolve(message));
      outgoing.once("response", (response) => {
        response.once("error", ({ message }) => resolve(message));
        response.once("end", () => resolve(response.statusCode ?? 0));
        response.resume();
      });
      outgoing.end(body);
    });
    if (outcome === 200) sent.succeeded += 1;
    else sent.failed.push(`${what} at ${new Date().toISOString()}: ${outcome}`);
    await pause(5);
  }
  agent.destroy();
}

/** Resolves once every client has had this many more responses. */
async function untilAnswered(clients: readonly Sent[], count: number): Promise<void> {
  const before = clients.map(({ succeeded }) => succeeded);
  await vi.waitFor(() => {
    for (const [index, { what, succeeded, failed }] of clients.entries()) {
      expect(failed, what).toEqual([]);
      expect(succeeded, what).toBeGreaterThanOrEqual((before[index] ?? 0) + count);
    }
  }, soon);
}

test("upgrades role by role under load without a failed request, and says when a version is too old", async () => {
  const fixture = await openGatewayFixture();
  onTestFinished(() => fixture.close());
  await fixture.deploy({ name: "quick", model: mlpModel([4, 16, 3]), signature: mlpSignature });
  const [admin] = await fixture.ctx.db.select().from(memberships).limit(1);
  const scopes = ["read" as const, "tracking" as const];
  const { secret } = await createTokenFor(fixture.ctx, admin?.userId ?? "", { name: "upgrade", scopes });
  const thisRelease = process.cwd();
  const nextRelease = join(fixture.folder, "next-release");
  const newest = await writeNextRelease(nextRelease);

  const roles = ["web", "gateway", "worker"] as const;
  const old = {
    web: await startRole(fixture, thisRelease, "web"),
    gateway: await startRole(fixture, thisRelease, "gateway"),
    worker: await startRole(fixture, thisRelease, "worker"),
  };
  await Promise.all(roles.map((role) => old[role].ready()));
  const balancers: Record<"web" | "gateway", Balancer> = {
    web: await startBalancer([old.web.url]),
    gateway: await startBalancer([old.gateway.url]),
  };
  onTestFinished(async () => void (await Promise.all([balancers.web.close(), balancers.gateway.close()])));

  const { authorization } = fixture.headers;
  const api = { authorization: `Bearer ${secret}`, "content-type": "application/json" };
  const loads: Load[] = [
    { what: "page", url: balancers.web.url, path: "/login", headers: {} },
    { what: "REST", url: balancers.web.url, path: "/api/v1/endpoints", headers: api },
    {
      what: "write",
      url: balancers.web.url,
      path: "/api/2.0/mlflow/runs/create",
      headers: api,
      body: Buffer.from(JSON.stringify({ experiment_id: "0", start_time: 1 })),
    },
    {
      what: "inference",
      url: balancers.gateway.url,
      path: "/v2/models/quick/infer",
      headers: { authorization },
      body: quickBody,
    },
  ];
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const clients = [...loads, ...loads].map((one) => ({
    load: one,
    sent: { what: one.what, succeeded: 0, failed: [] },
  }));
  const running = clients.map(({ load, sent }) => send(load, sent, stop.signal));
  const sent: Sent[] = clients.map((client) => client.sent);

  for (const role of roles) {
    const next = await startRole(fixture, nextRelease, role);
    await next.ready();
    // Both releases run on the newer schema now.
    for (const both of [old[role], next]) expect(await both.checks()).toMatchObject({ status: "ready" });
    if (role !== "worker") balancers[role].turnTo([old[role].url, next.url]);
    await untilAnswered(sent, 20);
    expect(await old[role].drain(), old[role].output()).toBe(0);
    if (role !== "worker") balancers[role].turnTo([next.url]);
    await untilAnswered(sent, 20);
  }
  stop.abort();
  await Promise.all(running);
  console.log(JSON.stringify(sent.map(({ what, succeeded, failed }) => [what, succeeded, failed.length])));
  expect(sent.flatMap(({ failed }) => failed)).toEqual([]);

  const { rows } = await fixture.ctx.db.execute<{ migration: string }>(
    "select distinct migration from role_heartbeats where stopped_at is null",
  );
  expect(rows).toEqual([{ migration: newest }]);

  await fixture.ctx.db.execute(
    "update system_values set value = '9000000000000' where key = 'oldest-compatible-migration'",
  );
  const tooOld = await startRole(fixture, thisRelease, "web");
  expect(await tooOld.ended()).toBe(1);
  expect(tooOld.output()).toContain("a newer version of Leeway that cannot run alongside this one. Start that version");
});
