import { eq } from "drizzle-orm";
import { endpoints, incidents, slos } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs, hourMs, minuteMs } from "#server/base/durations.ts";
import { workspaceTimeZone } from "#server/platform/identity/workspaces/time-zone.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { addWindow } from "#server/testing/scenes/serving/testing.ts";
import { newServed, newSlo } from "#server/testing/scenes/slo/testing.ts";
import { type NamedPeriod, periodOf, spanOf, stepped } from "../../../report/reports/periods.ts";

/** The last week that is over. */
function lastWeek(timeZone: string): NamedPeriod {
  return stepped(periodOf("week", Date.now(), timeZone), -1);
}

export interface ReportScene {
  week: NamedPeriod;
  from: number;
}

/**
 * A week of two models: "churn" failed 60 of 1,000 requests of its promise of 95%, "digits" none; an incident of 40 minutes that was
 * found after 4, acknowledged after 6 and over after 30.
 */
export async function newReportScene(ctx: Context): Promise<ReportScene> {
  const timeZone = await workspaceTimeZone(ctx);
  const week = lastWeek(timeZone);
  const { from } = spanOf(week, timeZone);
  for (const [name, failed] of [
    ["churn", 60],
    ["digits", 0],
  ] as const) {
    const { endpointId, versionId } = await newServed(ctx, name);
    await deployVersion(ctx, { endpointId, model: name, version: 1 });
    const before = new Date(from - 30 * dayMs);
    await ctx.db.update(endpoints).set({ createdAt: before }).where(eq(endpoints.id, endpointId));
    const slo = await newSlo(
      ctx,
      { kind: "availability", endpointId },
      { name: `${name}-up`, target: 0.95, service: name },
    );
    await ctx.db.update(slos).set({ createdAt: before }).where(eq(slos.id, slo.id));
    await addWindow(ctx, {
      endpointId,
      versionId,
      windowStart: new Date(from + 2 * dayMs),
      latenciesMs: Array.from({ length: 1000 - failed }, () => 5),
      failures: failed > 0 ? { "500": failed } : {},
    });
    if (failed > 0) await addIncident(ctx, endpointId, from + dayMs);
  }
  return { week, from };
}

async function addIncident(ctx: Context, endpointId: string, at: number): Promise<void> {
  const minute = (count: number) => new Date(at + count * minuteMs);
  await ctx.db.insert(incidents).values({
    workspaceId: ctx.actor.workspaceId,
    number: 1,
    title: "churn rejects requests",
    severity: "SEV2",
    state: "resolved",
    endpointId,
    isFoundByMachine: true,
    declaredBy: "Leeway",
    startedAt: minute(0),
    detectedAt: minute(4),
    pagedAt: minute(4),
    acknowledgedAt: minute(6),
    mitigatedAt: minute(30),
    resolvedAt: new Date(at + hourMs),
    impact: { badEvents: 60, events: 1000, impactMinutes: 3, customerMinutes: 1420, budgets: [] },
  });
}
