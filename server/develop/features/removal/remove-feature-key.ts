import { randomUUID } from "node:crypto";
import { and, asc, eq, sql } from "drizzle-orm";
import { datasetVersions, featureArrivals, featureKeyRemovals, featureLatest, featureUses } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { enqueue } from "#server/platform/jobs/queue.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { loadDefinitions } from "../definitions/definitions.ts";
import { FeatureError, noFeatureView } from "../feature-error.ts";
import { encodeEntityKey } from "../rows/entity-key.ts";
import { keyConverterOf, ValueProblem } from "../values/convert-value.ts";
import { databaseTime, waitForWriters } from "../writes/hold-views.ts";
import { type KeyRemoval, type ListedTrainingSet, RemoveFeatureKey } from "./contract.ts";
import { digestOfKey } from "./digest-of-key.ts";
import { loadKeyRemoval } from "./queries.ts";

/**
 * Removes an entity key from a view: its newest row and its arrivals at once, and by a job its rows in files of the history. Returns the receipt,
 * which does not have the key. Training sets that were made before are listed in it, and not changed. Rows that are written afterwards stay.
 * @throws FeatureError "view-not-found", "other" for a key that is not the view's
 */
export async function removeFeatureKey(ctx: Context, input: RemoveFeatureKey): Promise<KeyRemoval> {
  permit(ctx, "removeFeatureKey");
  const { view: name, key: given, reason } = RemoveFeatureKey.parse(input);
  return transact(ctx, async (ctx) => {
    // No writer is about to add a row that came before the removal.
    await waitForWriters(ctx);
    const view = (await loadDefinitions(ctx.db, ctx.actor.workspaceId)).views.get(name);
    if (!view) throw noFeatureView(name);
    const key = readKey(view.current.entities, given);
    const { workspaceId, name: createdBy } = ctx.actor;
    const arrivedBy = await databaseTime(ctx);
    const latest = await ctx.db
      .delete(featureLatest)
      .where(and(eq(featureLatest.viewNumber, view.number), eq(featureLatest.key, key)));
    const arrivals = await ctx.db
      .delete(featureArrivals)
      .where(and(eq(featureArrivals.viewNumber, view.number), eq(featureArrivals.key, key)));
    const id = randomUUID();
    await ctx.db.insert(featureKeyRemovals).values({
      id,
      workspaceId,
      viewId: view.id,
      key,
      keyDigest: digestOfKey(id, key),
      arrivedBy,
      latestRows: latest.rowCount ?? 0,
      arrivalRows: arrivals.rowCount ?? 0,
      trainingSets: await trainingSetsOf(ctx, view.id),
      reason,
      createdBy,
    });
    // The audit log is kept for longer than the key may be.
    await record(ctx, "feature-key.removed", { subject: `feature-view/${name}`, after: { removal: id }, reason });
    await enqueue(ctx, "remove-feature-key", { removalId: id });
    await publish(ctx, "features", name);
    return loadKeyRemoval(ctx, id);
  });
}

/** @throws FeatureError for a part that is missing, unknown, or of another type */
function readKey(
  entities: readonly { name: string; joinKey: string; type: Parameters<typeof keyConverterOf>[0] }[],
  given: Readonly<Record<string, unknown>>,
): Buffer {
  const refuse = (message: string) => new FeatureError("invalid", "other", message);
  const known = new Set(entities.flatMap(({ name, joinKey }) => [name, joinKey]));
  const unknown = Object.keys(given).find((name) => !known.has(name));
  if (unknown !== undefined) throw refuse(`The view has no entity or join key "${unknown}".`);
  const values = entities.map(({ name, joinKey, type }) => {
    const value = keyConverterOf(type)(given[joinKey] ?? given[name]);
    if (value instanceof ValueProblem) throw refuse(`The key "${joinKey}": ${value.message}`);
    if (value === null) throw refuse(`The key "${joinKey}" is missing.`);
    return value;
  });
  const key = encodeEntityKey(
    entities.map(({ type }) => type),
    values,
  );
  if (!key) throw new Error("A key was not checked.");
  return key;
}

/** Training sets that were made from the view. */
async function trainingSetsOf(ctx: Context, viewId: string): Promise<ListedTrainingSet[]> {
  const rows = await ctx.db
    .selectDistinct({
      name: featureUses.userName,
      digest: datasetVersions.digest,
      datasetVersionId: featureUses.userId,
    })
    .from(featureUses)
    .leftJoin(datasetVersions, sql`${datasetVersions.id}::text = ${featureUses.userId}`)
    .where(
      and(
        eq(featureUses.workspaceId, ctx.actor.workspaceId),
        eq(featureUses.viewId, viewId),
        eq(featureUses.userKind, "dataset-version"),
      ),
    )
    .orderBy(asc(featureUses.userName), asc(featureUses.userId));
  return rows;
}
