import { and, desc, eq } from "drizzle-orm";
import { datasetVersions } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { databaseNow } from "#server/base/database-now.ts";
import { permit, requireScope } from "#server/platform/permissions/permit.ts";
import { RefreshTrainingSet, type SpineRows, type TrainingSet } from "./contract.ts";
import { requestTrainingSet, requireRows } from "./create-training-set.ts";
import { requireFrozenSets } from "./frozen-sets.ts";
import { loadTrainingSet } from "./queries.ts";

/**
 * Asks for a training set again: the same features of the same versions of views, with fresh rows and the history as it is now. Without rows,
 * those of a dataset are its newest version, and those of an endpoint reach from the same time until now. Acknowledged leaks stay so, and so does
 * a split by time unless another one is given.
 * @throws DomainError "not-found" for rows that Leeway does not have
 */
export async function refreshTrainingSet(ctx: Context, input: RefreshTrainingSet): Promise<TrainingSet> {
  permit(ctx, "refreshTrainingSet");
  const { id, rows: given, splitByTime, note, acknowledgedLeaks } = RefreshTrainingSet.parse(input);
  return transact(ctx, async (ctx) => {
    const { name, request } = await loadTrainingSet(ctx, id);
    const rows = given ?? (await freshRows(ctx, request.rows));
    await requireRows(ctx, rows);
    await requireFrozenSets(ctx, request.frozenSets);
    requireScope(ctx, "features:read");
    return requestTrainingSet(ctx, name, {
      ...request,
      note: note ?? request.note,
      rows,
      resolvedRows: null,
      ...(splitByTime && { split: null, splitByTime }),
      acknowledgedLeaks: [...request.acknowledgedLeaks, ...acknowledgedLeaks],
      isHeld: false,
      horizon: null,
    });
  });
}

async function freshRows(ctx: Context, rows: SpineRows): Promise<SpineRows> {
  if ("endpoint" in rows) return { ...rows, to: new Date(await databaseNow(ctx.db)).toISOString() };
  const [newest] = await ctx.db
    .select({ digest: datasetVersions.digest })
    .from(datasetVersions)
    .where(and(eq(datasetVersions.workspaceId, ctx.actor.workspaceId), eq(datasetVersions.name, rows.dataset)))
    .orderBy(desc(datasetVersions.createdAt), desc(datasetVersions.id))
    .limit(1);
  return newest ? { dataset: rows.dataset, digest: newest.digest } : rows;
}
