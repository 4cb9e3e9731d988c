import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { alerts, endpoints, monitoringFindings } from "#db/schema/index.ts";
import { openEnd } from "#server/alerting/alerts/own-alerts.ts";
import type { Context } from "#server/base/context.ts";
import { hourMs } from "#server/base/durations.ts";
import { archiveEndpoint } from "#server/release/endpoints/archive-endpoint.ts";
import { namesOfRules } from "#server/respond/alert-quality/names-of-rules.ts";
import { notifyAfterChange } from "#server/respond/paging/notify-after-change.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { as, inWorkspace } from "#server/testing/testing.ts";
import type { Watcher } from "../contract.ts";
import type { NewFinding } from "./contract.ts";
import { watchKey } from "./finding-alerts.ts";
import { listFindings } from "./queries.ts";
import { renotifyFindings } from "./renotify-findings.ts";
import { settleFindings } from "./settle-findings.ts";

const now = Date.now() - 48 * hourMs;
const newEndpoint = async (ctx: Context) => (await createEndpoint(ctx, { name: "fraud" })).id;
const one = (more: Partial<NewFinding> = {}): NewFinding => ({
  key: "nulls:amount",
  kind: "missing values",
  feature: "amount",
  severity: "ticket" as const,
  words: "6.2% of amount is missing, 0.4% in the reference.",
  ...more,
});
const alertsOf = (ctx: Context) =>
  ctx.db.select().from(alerts).where(eq(alerts.workspaceId, ctx.actor.workspaceId)).orderBy(alerts.startsAt);

function settling(ctx: Context, endpointId: string, watcher: Watcher) {
  return (findings: NewFinding[], at = now) =>
    settleFindings(ctx, { endpointId, watcher, findings, now: at }, notifyAfterChange);
}

test(
  "opens a finding with its alert, updates its text, and closes both when it is gone",
  inWorkspace(async (ctx) => {
    const endpointId = await newEndpoint(ctx);
    const settle = settling(ctx, endpointId, "integrity");
    expect(await settle([one()])).toEqual({ opened: 1, kept: 0, closed: 0 });
    const [alert] = await alertsOf(ctx);
    expect(alert).toMatchObject({ severity: "ticket", endpointId, isEnded: false });
    expect(alert?.labels).toMatchObject({ alertname: "DataIntegrity", endpoint: "fraud", feature: "amount" });
    expect(alert?.generatorUrl).toBe("/endpoints/fraud/data?feature=amount");
    expect(await settle([one({ words: "7% of `amount` is missing." })], now + 60_000)).toMatchObject({ kept: 1 });
    const [found] = await listFindings(ctx, { endpointId });
    expect(found).toMatchObject({ words: "7% of `amount` is missing.", endpoint: "fraud", closedAt: null });
    expect((await alertsOf(ctx))[0]?.annotations.summary).toBe("fraud: 7% of amount is missing");
    expect(await settle([], now + 120_000)).toMatchObject({ closed: 1 });
    expect(await listFindings(ctx, { endpointId })).toEqual([]);
    expect(await listFindings(ctx, { endpointId, state: "all" })).toHaveLength(1);
    expect((await alertsOf(ctx))[0]).toMatchObject({ isEnded: true, endsAt: new Date(now + 120_000) });
  }),
);

test(
  "never pages for drift and estimates, but allows pages for integrity",
  inWorkspace(async (ctx) => {
    const endpointId = await newEndpoint(ctx);
    for (const watcher of ["drift", "estimate", "fairness", "cost", "integrity", "quality"] as const) {
      await settling(ctx, endpointId, watcher)([one({ severity: "page" })]);
    }
    const severities = Object.fromEntries(
      (await alertsOf(ctx)).map(({ labels, severity }) => [labels.alertname, severity]),
    );
    expect(severities).toEqual({
      Drift: "ticket",
      EstimatedQuality: "ticket",
      Fairness: "ticket",
      Spend: "ticket",
      DataIntegrity: "page",
      RealisedQuality: "page",
    });
  }),
);

test(
  "keeps one finding and one alert for a drift alarm that recurs within a day",
  inWorkspace(async (ctx) => {
    const endpointId = await newEndpoint(ctx);
    const settle = settling(ctx, endpointId, "drift");
    for (let hour = 0; hour < 40; hour += 2) await settle(hour % 4 === 0 ? [one()] : [], now + hour * hourMs);
    expect(await listFindings(ctx, { state: "all" })).toHaveLength(1);
    expect(await alertsOf(ctx)).toHaveLength(1);
    const last = now + 36 * hourMs;
    expect(await settle([], last + 23 * hourMs)).toMatchObject({ closed: 0 });
    expect(await settle([], last + 24 * hourMs)).toMatchObject({ closed: 1 });
    expect(await settle([one()], last + 30 * hourMs)).toMatchObject({ opened: 0, kept: 1 });
    expect(await settle([], last + 60 * hourMs)).toMatchObject({ closed: 1 });
    expect(await settle([one()], last + 100 * hourMs)).toMatchObject({ opened: 1 });
  }),
);

test(
  "replaces the ticket with a page when a finding escalates, as one finding",
  inWorkspace(async (ctx) => {
    const endpointId = await newEndpoint(ctx);
    const settle = settling(ctx, endpointId, "integrity");
    await settle([one()]);
    await settle([one({ severity: "page" })], now + 60_000);
    const severities = (await alertsOf(ctx)).map(({ severity, isEnded }) => [severity, isEnded]);
    expect(severities).toContainEqual(["ticket", true]);
    expect(severities).toContainEqual(["page", false]);
    expect(await ctx.db.select().from(monitoringFindings)).toHaveLength(1);
  }),
);

test(
  "sends no notification for a note",
  inWorkspace(async (ctx) => {
    const endpointId = await newEndpoint(ctx);
    await settling(ctx, endpointId, "drift")([one({ severity: "note" })]);
    expect(await alertsOf(ctx)).toEqual([]);
    expect(await listFindings(ctx)).toHaveLength(1);
  }),
);

test(
  "renews the alert of an open finding, which has no end, and ends it while the endpoint is unloaded or archived",
  inWorkspace(async (ctx) => {
    const endpointId = await newEndpoint(ctx);
    await settling(ctx, endpointId, "drift")([one()]);
    const reportProgress = (at: number) =>
      renotifyFindings(ctx, { endpointId, watcher: "drift", now: at }, notifyAfterChange);
    await reportProgress(now + 60_000);
    expect((await alertsOf(ctx))[0]).toMatchObject({ endsAt: openEnd, updatedAt: new Date(now) });
    await reportProgress(now + 6 * 60_000);
    expect((await alertsOf(ctx))[0]).toMatchObject({ endsAt: openEnd, updatedAt: new Date(now + 6 * 60_000) });
    const unload = (unloadedAt: Date | null) =>
      ctx.db.update(endpoints).set({ unloadedAt }).where(eq(endpoints.id, endpointId));
    await unload(new Date(now));
    await reportProgress(now + 7 * 60_000);
    expect((await alertsOf(ctx))[0]?.isEnded).toBe(true);
    await unload(null);
    await reportProgress(now + 8 * 60_000);
    expect((await alertsOf(ctx))[0]?.isEnded).toBe(false);
    await archiveEndpoint(ctx, { endpointId });
    await reportProgress(now + 9 * 60_000);
    expect((await alertsOf(ctx))[0]?.isEnded).toBe(true);
  }),
);

test(
  "names the rule of a monitor",
  inWorkspace(async (ctx) => {
    const endpointId = await newEndpoint(ctx);
    await settling(ctx, endpointId, "drift")([one(), one({ key: "other", feature: "age" })]);
    const key = watchKey("drift", endpointId);
    expect((await namesOfRules(ctx, [key])).get(key)).toMatchObject({ name: "fraud: drift", since: new Date(now) });
  }),
);

test(
  "lets a viewer read but not settle findings, and limits a token to its endpoints",
  inWorkspace(async (ctx) => {
    const endpointId = await newEndpoint(ctx);
    await settling(ctx, endpointId, "drift")([one()]);
    const viewer = as(ctx, "viewer");
    expect(await listFindings(viewer)).toHaveLength(1);
    await expect(settling(viewer, endpointId, "drift")([])).rejects.toMatchObject({ code: "forbidden" });
    const limited = { ...ctx, actor: { ...ctx.actor, endpoints: ["another"] } };
    expect(await listFindings(limited)).toEqual([]);
    await expect(settling(ctx, crypto.randomUUID(), "drift")([])).rejects.toMatchObject({ code: "not-found" });
  }),
);
