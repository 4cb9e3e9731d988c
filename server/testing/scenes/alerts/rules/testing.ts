import { and, asc, eq } from "drizzle-orm";
import { alerts, runbooks, teams } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { addWindow, newVersion } from "#server/testing/scenes/serving/testing.ts";

/** An endpoint that a version serves. */
export async function newServed(ctx: Context, name = "churn") {
  const { id: versionId } = await newVersion(ctx, { model: name });
  const { id: endpointId } = await createEndpoint(ctx, { name });
  await deployVersion(ctx, { endpointId, model: name, version: 1 });
  return { endpointId, versionId };
}

/** A team and a runbook, as pages need. */
export async function newOwner(ctx: Context, name = "risk"): Promise<{ teamId: string; runbookId: string }> {
  const { workspaceId } = ctx.actor;
  const [team] = await ctx.db.insert(teams).values({ workspaceId, name }).returning();
  const runbook = { workspaceId, name: `${name} runbook`, body: "- [ ] Look", updatedBy: "Ana" };
  const [book] = await ctx.db.insert(runbooks).values(runbook).returning();
  return { teamId: team?.id as string, runbookId: book?.id as string };
}

/** Ten seconds of traffic that ended so many seconds before `now`. */
export async function addTraffic(
  ctx: Context,
  {
    now,
    secondsAgo,
    good = 0,
    failed = 0,
    ...of
  }: { now: number; secondsAgo: number; good?: number; failed?: number; endpointId: string; versionId: string },
): Promise<void> {
  const windowStart = new Date(Math.floor((now - secondsAgo * 1000) / 10_000) * 10_000 - 10_000);
  const failures: Record<string, number> = failed > 0 ? { "500": failed } : {};
  await addWindow(ctx, { ...of, windowStart, latenciesMs: new Array<number>(good).fill(20), failures });
}

/** Alerts of the workspace by name: labels, whether they fire at that moment, and since when. */
export async function knownAlerts(ctx: Context, now: number) {
  const rows = await ctx.db
    .select()
    .from(alerts)
    .where(and(eq(alerts.workspaceId, ctx.actor.workspaceId)))
    .orderBy(asc(alerts.fingerprint));
  return rows.map(({ labels, annotations, startsAt, endsAt, ruleKey }) => ({
    labels,
    annotations,
    ruleKey,
    isFiring: endsAt.getTime() > now,
    startsAt: startsAt.getTime(),
  }));
}
