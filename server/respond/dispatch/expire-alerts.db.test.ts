import { and, eq, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { alertEvents, alertGroups, alerts, monitoringFindings, ruleStates } from "#db/schema/index.ts";
import { getAlert } from "#server/alerting/alerts/alert-queries.ts";
import { notEvaluatedMs, openEnd } from "#server/alerting/alerts/own-alerts.ts";
import { receiveAlerts } from "#server/alerting/alerts/receive-alerts.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs, hourMs, minuteMs } from "#server/base/durations.ts";
import { addTraffic, newOwner, newServed } from "#server/testing/fixtures/alerts/rules/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { notifyAfterChange } from "../paging/notify-after-change.ts";
import { createAlertRule } from "../rules/create-alert-rule.ts";
import { evaluateAlertRule } from "../rules/evaluate-alert-rule.ts";
import { expireDue } from "./alert-dispatcher.ts";
import { endOrphanedAlerts } from "./expire-alerts.ts";

const spec = { kind: "threshold", metric: "error-rate", op: ">", value: 0.05, windowMinutes: 1 } as const;

/** Creates a rule that has paged an hour ago, and that nothing has evaluated since. */
async function paged(ctx: Context) {
  const { endpointId, versionId } = await newServed(ctx);
  const owner = await newOwner(ctx);
  const { id } = await createAlertRule(ctx, { name: "Errors", endpointId, spec, severity: "page", ...owner });
  const firedAt = Date.now() - hourMs;
  await addTraffic(ctx, { endpointId, versionId, now: firedAt, secondsAgo: 20, failed: 10 });
  await evaluateAlertRule(ctx, id, firedAt);
  return { ruleId: id, firedAt };
}

async function onlyAlert(ctx: Context) {
  const [alert] = await ctx.db.select().from(alerts).where(eq(alerts.workspaceId, ctx.actor.workspaceId));
  if (!alert) throw new Error("There is no alert.");
  return alert;
}

const expirations = (ctx: Context) =>
  ctx.db
    .select()
    .from(alertEvents)
    .where(and(eq(alertEvents.workspaceId, ctx.actor.workspaceId), eq(alertEvents.kind, "expired")));

test(
  "does not end a page of a rule that nothing evaluates, shows it as such, and keeps its acknowledgement",
  inWorkspace(async (ctx) => {
    const { ruleId, firedAt } = await paged(ctx);
    const acknowledgement = { by: "Ada", until: Date.now() + dayMs } as never;
    await ctx.db.update(alertGroups).set({ acknowledgement });
    await expireDue(ctx.db, Date.now() + 7 * dayMs);
    const alert = await onlyAlert(ctx);
    expect(alert).toMatchObject({ isEnded: false, endsAt: openEnd });
    expect(await getAlert(ctx, alert)).toMatchObject({ state: "firing", notEvaluatedSince: new Date(firedAt) });
    expect(await ctx.db.select().from(alertGroups)).toMatchObject([{ acknowledgement: { by: "Ada" } }]);
    await evaluateAlertRule(ctx, ruleId, Date.now());
    expect((await getAlert(ctx, alert)).notEvaluatedSince).toBeNull();
  }),
);

test(
  "ignores the end that an older version wrote while the rule says that it fires",
  inWorkspace(async (ctx) => {
    await paged(ctx);
    const now = Date.now();
    await ctx.db.update(alerts).set({ endsAt: new Date(now - minuteMs) });
    await expireDue(ctx.db, now);
    expect(await onlyAlert(ctx)).toMatchObject({ isEnded: false, endsAt: openEnd });
    expect(await expirations(ctx)).toEqual([]);
  }),
);

test(
  "ends an own alert that its rule no longer knows of, and says why",
  inWorkspace(async (ctx) => {
    const { firedAt } = await paged(ctx);
    await ctx.db.delete(ruleStates).where(eq(ruleStates.workspaceId, ctx.actor.workspaceId));
    // A rule may be about to write its state.
    await endOrphanedAlerts(ctx.db, firedAt + notEvaluatedMs);
    expect((await onlyAlert(ctx)).endsAt).toEqual(openEnd);
    const now = firedAt + notEvaluatedMs + 1;
    await endOrphanedAlerts(ctx.db, now);
    await expireDue(ctx.db, now);
    expect(await onlyAlert(ctx)).toMatchObject({ isEnded: true, endsAt: new Date(now) });
    expect(await expirations(ctx)).toMatchObject([{ data: { words: "its rule no longer fires for it" } }]);
  }),
);

test(
  "leaves the alert of an open finding, and ends it once the finding is closed",
  inWorkspace(async (ctx) => {
    const { workspaceId } = ctx.actor;
    const { endpointId } = await newServed(ctx);
    const now = Date.now();
    await ctx.db.insert(monitoringFindings).values({
      workspaceId,
      endpointId,
      watcher: "drift",
      key: "amount",
      kind: "drift",
      feature: "amount",
      severity: "page",
      words: "amount drifts",
      evidence: {},
      openedAt: new Date(now - dayMs),
      seenAt: new Date(now - dayMs),
    });
    const options = { source: "leeway", ruleKey: `watch:drift:${endpointId}`, afterChange: notifyAfterChange };
    await receiveAlerts(ctx, [{ labels: { alertname: "Drift" } }], { ...options, now: now - dayMs });
    await endOrphanedAlerts(ctx.db, now);
    await expireDue(ctx.db, now);
    expect((await onlyAlert(ctx)).isEnded).toBe(false);
    await ctx.db.update(monitoringFindings).set({ closedAt: new Date(now) });
    await endOrphanedAlerts(ctx.db, now);
    await expireDue(ctx.db, now);
    expect((await onlyAlert(ctx)).isEnded).toBe(true);
  }),
);

test(
  "ends an alert from outside without updates, by the clock of the database",
  inWorkspace(async (ctx) => {
    const { rows } = await ctx.db.execute<{ now: string }>(sql`select clock_timestamp()::text as now`);
    const now = Date.parse(rows[0]?.now ?? "");
    await receiveAlerts(ctx, [{ labels: { alertname: "Outside" } }], { source: "api", afterChange: notifyAfterChange });
    await expireDue(ctx.db, now + 4 * minuteMs);
    expect((await onlyAlert(ctx)).isEnded).toBe(false);
    await expireDue(ctx.db, now + 6 * minuteMs);
    expect((await onlyAlert(ctx)).isEnded).toBe(true);
  }),
);
