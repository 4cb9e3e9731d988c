import { and, eq, exists, inArray, isNull, sql } from "drizzle-orm";
import {
  alertRules,
  deployments,
  driftWindows,
  endpoints,
  gameDays,
  loadTests,
  registeredModels,
  retrainingPolicies,
  rollouts,
} from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { formatCount } from "#server/base/format-number.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { hasPrice } from "#server/watch/cost/prices/queries.ts";
import { listSlos } from "#server/watch/slo/objectives/queries.ts";
import type { Readiness, ReadinessStep } from "./contract.ts";

/** Returns the workspace's progress towards models that users can rely on, derived from existing data; no step is ticked manually. */
export async function getReadiness(ctx: Context): Promise<Readiness> {
  permit(ctx, "getReadiness");
  const { slos } = await listSlos(ctx);
  const isPriced = await hasPrice(ctx);
  const canary = await count(ctx, rollouts);
  const tested = await ctx.db.$count(
    loadTests,
    and(eq(loadTests.workspaceId, ctx.actor.workspaceId), eq(loadTests.state, "done")),
  );
  const policies = await ctx.db.$count(retrainingPolicies, eq(retrainingPolicies.workspaceId, ctx.actor.workspaceId));
  const held = await ctx.db.$count(
    gameDays,
    and(eq(gameDays.workspaceId, ctx.actor.workspaceId), inArray(gameDays.state, ["ended", "aborted"])),
  );
  return {
    steps: [
      await inventory(ctx),
      {
        key: "objective",
        isDone: slos.length > 0,
        detail: slos.length === 0 ? null : `${slos.length} SLO${slos.length === 1 ? "" : "s"}`,
      },
      { key: "canary", isDone: canary > 0, detail: canary === 0 ? null : `${formatCount(canary)} completed` },
      await pages(
        ctx,
        slos.filter((slo) => slo.pages),
      ),
      await watchedForDrift(ctx),
      { key: "load-test", isDone: tested > 0, detail: tested === 0 ? null : `${tested} done` },
      { key: "cost", isDone: isPriced, detail: isPriced ? "a price is set" : null },
      { key: "retraining", isDone: policies > 0, detail: policies === 0 ? null : `${policies} with a policy` },
      { key: "game-day", isDone: held > 0, detail: held === 0 ? null : `${held} held` },
    ],
  };
}

/** Endpoints that serve something, and how many of them were compared with a reference lately. */
async function watchedForDrift({ db, actor }: Context): Promise<ReadinessStep> {
  const serves = and(
    eq(endpoints.workspaceId, actor.workspaceId),
    isNull(endpoints.archivedAt),
    exists(db.select().from(deployments).where(eq(deployments.endpointId, endpoints.id))),
  );
  const isNew = sql`${driftWindows.start} > now() - interval '8 days'`;
  const isEvaluated = exists(
    db
      .select()
      .from(driftWindows)
      .where(and(eq(driftWindows.endpointId, endpoints.id), isNew)),
  );
  const all = await db.$count(endpoints, serves);
  const watched = await db.$count(endpoints, and(serves, isEvaluated));
  const detail = all === 0 ? null : `${watched} of ${all} compared with a reference`;
  return { key: "drift", isDone: all > 0 && watched === all, detail };
}

async function count({ db, actor }: Context, table: typeof rollouts): Promise<number> {
  return db.$count(table, eq(table.workspaceId, actor.workspaceId));
}

/** Counts models, and those with an owner. */
async function inventory({ db, actor }: Context): Promise<ReadinessStep> {
  const [row] = await db
    .select({
      all: sql<number>`count(*)::int`,
      owned: sql<number>`(count(*) filter (where ${registeredModels.ownerName} <> ''))::int`,
    })
    .from(registeredModels)
    .where(eq(registeredModels.workspaceId, actor.workspaceId));
  const { all = 0, owned = 0 } = row ?? {};
  const detail = all === 0 ? null : `${owned} of ${all} with an owner`;
  return { key: "inventory", isDone: all > 0 && owned === all, detail };
}

/** Counts sources of pages, and those that have an owner and a runbook. */
async function pages(
  { db, actor }: Context,
  paging: readonly { missing: readonly string[] }[],
): Promise<ReadinessStep> {
  const own = await db.$count(
    alertRules,
    and(
      eq(alertRules.workspaceId, actor.workspaceId),
      inArray(alertRules.severity, ["page"]),
      isNull(alertRules.archivedAt),
    ),
  );
  // One's own rules cannot be saved as pages without both.
  const all = paging.length + own;
  const ready = paging.filter(({ missing }) => missing.length === 0).length + own;
  const detail = all === 0 ? null : `${ready} of ${all} that page`;
  return { key: "pages", isDone: all > 0 && ready === all, detail };
}
