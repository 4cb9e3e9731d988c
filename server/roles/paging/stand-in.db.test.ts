import { eq, sql } from "drizzle-orm";
import { expect, onTestFinished, test, vi } from "vitest";
import { alertRules, alerts, leases, notifications, roleHeartbeats, ruleStates } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { receiveAlerts } from "#server/alerting/alerts/receive-alerts.ts";
import type { Context } from "#server/base/context.ts";
import { hourMs } from "#server/base/durations.ts";
import { configureLog } from "#server/base/log.ts";
import { pagingLease } from "#server/platform/heartbeats/lease.ts";
import { RoleHeartbeat } from "#server/platform/heartbeats/role-heartbeat.ts";
import { writeRestored } from "#server/platform/installation-state.ts";
import { notifyAfterChange } from "#server/respond/paging/notify-after-change.ts";
import { createAlertRule } from "#server/respond/rules/create-alert-rule.ts";
import { evaluateAlertRule } from "#server/respond/rules/evaluate-alert-rule.ts";
import { newListener, newOutside, newReceiver } from "#server/testing/fixtures/notifications/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { PagingStandIn } from "./stand-in.ts";

configureLog({ role: "test", level: "silent" });
const soon = { interval: 100 };
const ofPaging = eq(leases.name, pagingLease);

/** A worker that hangs since a minute ago, and roles that have watched it for an hour. */
async function withHungWorker() {
  const { db, pool } = await freshDatabase();
  await db.insert(roleHeartbeats).values({
    instance: "hung",
    role: "worker",
    version: "0.1.0",
    migration: "0003",
    startedAt: sql`now() - interval '1 hour'`,
    seenAt: sql`now() - interval '1 minute'`,
    standingStill: [],
  });
  return { db, pool, ctx: await newWorkspace(db) };
}

type Hung = Awaited<ReturnType<typeof withHungWorker>>;

/** Starts a role that may stand in, for which the worker has been silent long enough. */
async function startRole({ db }: Hung, role: "web" | "gateway") {
  const heartbeat = new RoleHeartbeat(db, role);
  await heartbeat.start();
  const feed = { subscribe: () => () => {} };
  const outside = newOutside({ mail: { url: "smtp://127.0.0.1:1", from: "leeway@example.org" } });
  const standIn = new PagingStandIn({ db, feed, outside, role, instance: heartbeat.instance, everyMs: 250 });
  onTestFinished(async () => {
    await standIn.stop();
    await heartbeat.stop();
  });
  return { heartbeat, standIn, start: () => standIn.start({ watchingForMs: hourMs }) };
}

async function newRule(ctx: Context): Promise<string> {
  const spec = { kind: "platform" as const, on: ["no-gateway" as const] };
  return (await createAlertRule(ctx, { name: "Leeway", severity: "ticket", spec })).id;
}

test("pages in place of a hung worker, and stops once one works again", async () => {
  const hung = await withHungWorker();
  const { ctx, db } = hung;
  const listener = await newListener();
  await newReceiver(ctx, "tickets", [{ settings: { kind: "webhook", url: listener.url } }]);
  const ruleId = await newRule(ctx);
  const { standIn, start } = await startRole(hung, "web");
  start();
  await vi.waitFor(async () => expect(await db.$count(alerts)).toBeGreaterThan(0), soon);
  await db.execute(sql`update alert_groups set next_flush_at = now()`);
  await vi.waitFor(() => expect(listener.received.length).toBeGreaterThan(0), soon);
  const [sent] = listener.received;
  expect(sent?.body).toMatchObject({ status: "firing" });
  expect(sent?.body.alerts).toContainEqual(
    expect.objectContaining({
      labels: expect.objectContaining({ condition: "no-worker", service: "leeway" }),
      annotations: expect.objectContaining({ summary: expect.stringMatching(/^No worker has responded since/) }),
    }),
  );

  const worker = new RoleHeartbeat(db, "worker");
  await worker.start();
  onTestFinished(() => worker.stop());
  await vi.waitFor(() => expect(standIn.isActive).toBe(false), soon);
  // It gives its lease back once its last pass has ended.
  await vi.waitFor(async () => expect(await db.$count(leases, ofPaging)).toBe(0), soon);
  await evaluateAlertRule(ctx, ruleId, Date.now() + hourMs);
  const [alert] = await db.select().from(alerts).where(sql`labels->>'condition' = 'no-worker'`);
  expect(alert?.isEnded).toBe(true);
});

test("one process stands in at a time, a web role before a gateway, and another one if that hangs", async () => {
  const hung = await withHungWorker();
  const { db } = hung;
  const gateway = await startRole(hung, "gateway");
  const [first, second] = [await startRole(hung, "web"), await startRole(hung, "web")];
  for (const { start } of [gateway, first, second]) start();
  const active = () => [gateway, first, second].map(({ standIn }) => standIn.isActive);
  await vi.waitFor(() => expect(active().filter(Boolean)).toHaveLength(1), soon);
  expect(active()[0]).toBe(false);
  // The one that stands in has hung for longer than its lease.
  await db.update(leases).set({ holder: "hung", endsAt: sql`now() - interval '1 second'` }).where(ofPaging);
  await vi.waitFor(
    async () => expect((await db.select().from(leases).where(ofPaging))[0]?.holder).not.toBe("hung"),
    soon,
  );
  await first.standIn.stop();
  await first.heartbeat.stop();
  await second.standIn.stop();
  await second.heartbeat.stop();
  await vi.waitFor(() => expect(gateway.standIn.isActive).toBe(true), soon);
});

test("alerts of Leeway's own rules do not end while nobody evaluates them; those from outside do", async () => {
  const hung = await withHungWorker();
  const { ctx, db } = hung;
  const endsAt = new Date(Date.now() + 200);
  const { workspaceId } = ctx.actor;
  const standing = {
    state: "firing" as const,
    since: endsAt,
    evaluatedAt: endsAt,
    trace: { labels: { alertname: "Own" } },
  };
  await db.insert(ruleStates).values({ workspaceId, ruleKey: "slo:1", part: "page", ...standing });
  const post = (alertname: string, ruleKey: string | undefined) =>
    receiveAlerts(ctx, [{ labels: { alertname }, annotations: {}, endsAt }], {
      source: "leeway",
      ruleKey,
      afterChange: notifyAfterChange,
    });
  await post("Own", "slo:1");
  await post("Outside", undefined);
  (await startRole(hung, "web")).start();
  const isEnded = async (name: string) =>
    (await db.select().from(alerts).where(sql`labels->>'alertname' = ${name}`))[0]?.isEnded;
  await vi.waitFor(async () => expect(await isEnded("Outside")).toBe(true), soon);
  expect(await isEnded("Own")).toBe(false);
});

test("emails the admins where no rule is about Leeway itself, and only there", async () => {
  const hung = await withHungWorker();
  const { ctx, db } = hung;
  const emails = () => db.select().from(notifications).where(eq(notifications.kind, "notice"));
  const { standIn, start } = await startRole(hung, "web");
  start();
  await vi.waitFor(async () => expect((await emails()).length).toBeGreaterThan(0), soon);
  expect(JSON.stringify((await emails())[0]?.message)).toContain("no worker is active");
  await standIn.stop();

  await db.delete(notifications);
  await newRule(ctx);
  await db.delete(leases);
  const again = await startRole(hung, "web");
  again.start();
  await vi.waitFor(() => expect(again.standIn.isActive).toBe(true), soon);
  expect(await emails()).toEqual([]);
  expect(await db.$count(alertRules)).toBe(1);
});

test("does not stand in before it has watched the worker for 30 s itself", async () => {
  const hung = await withHungWorker();
  const { standIn } = await startRole(hung, "web");
  await standIn.check();
  expect(standIn.isActive).toBe(false);
});

test("pages no one while a restored copy is paused beside its original", async () => {
  const hung = await withHungWorker();
  const at = new Date().toISOString();
  await writeRestored(hung.db, { restoredAt: at, createdAt: at, isPaused: true });
  const { standIn, start } = await startRole(hung, "web");
  start();
  await standIn.check();
  expect(standIn.isActive).toBe(false);
  await writeRestored(hung.db, { restoredAt: at, createdAt: at, isPaused: false });
  await standIn.check();
  expect(standIn.isActive).toBe(true);
});
