import { eq } from "drizzle-orm";
import { expect, onTestFinished, test, vi } from "vitest";
import { alertRules, roleHeartbeats } from "#db/schema/index.ts";
import { createAlertRule } from "#server/respond/rules/create-alert-rule.ts";
import { newListener, newReceiver } from "#server/testing/fixtures/notifications/testing.ts";
import { openGatewayFixture } from "../load/gateway-fixture.ts";
import { soon } from "./leeway.ts";
import { startRole } from "./role-process.ts";

test("a gateway notifies of a worker that hangs alone, without a supervisor", async () => {
  const fixture = await openGatewayFixture();
  onTestFinished(() => fixture.close());
  const { ctx } = fixture;
  const listener = await newListener();
  const settings = { kind: "webhook" as const, url: listener.url };
  await newReceiver(ctx, "tickets", [{ settings }]);
  const spec = { kind: "platform" as const, on: ["queue-stuck" as const] };
  await createAlertRule(ctx, { name: "Leeway", severity: "ticket", spec });
  const here = { WEBHOOK_PRIVATE_ADDRESSES: "true" };
  const worker = await startRole(fixture, process.cwd(), "worker", here);
  const gateway = await startRole(fixture, process.cwd(), "gateway", here);
  await Promise.all([worker.ready(), gateway.ready()]);
  const evaluated = async () => (await ctx.db.select().from(alertRules))[0]?.evaluatedAt ?? null;
  await vi.waitFor(async () => expect(await evaluated()).not.toBeNull(), soon);

  process.kill(worker.pid, "SIGSTOP");
  const hungAt = performance.now();
  const after = () => `${((performance.now() - hungAt) / 1000).toFixed(1)} s`;
  await vi.waitFor(() => expect(gateway.output()).toContain("worker.silent"), soon);
  const noticedAfter = after();
  await vi.waitFor(() => expect(listener.received.length).toBeGreaterThan(0), soon);
  console.log(`noticed after ${noticedAfter}, notified after ${after()}`);
  expect(listener.received[0]?.body.alerts).toContainEqual(
    expect.objectContaining({ labels: expect.objectContaining({ condition: "no-worker" }) }),
  );

  process.kill(worker.pid, "SIGCONT");
  await vi.waitFor(() => expect(gateway.output()).toContain("worker.stand_in_ended"), soon);
  const beating = await ctx.db.select().from(roleHeartbeats).where(eq(roleHeartbeats.role, "worker"));
  expect(beating).toHaveLength(1);
  await worker.ready();
});
