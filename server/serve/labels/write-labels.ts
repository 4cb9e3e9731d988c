import { sql } from "drizzle-orm";
import { predictionLabels } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { isRepresentative } from "./representative.ts";

type Row = typeof predictionLabels.$inferInsert;
type NewLabel = Pick<Row, "requestId" | "label" | "observedAt">;

interface NewLabels {
  endpointId: string;
  source: NonNullable<Row["source"]>;
  labels: readonly (NewLabel & { selection: NonNullable<Row["selection"]> })[];
}

/**
 * Stores labels of an endpoint by request id, in the caller's transaction; the caller has checked permissions. The same value again has no
 * effect, and another one replaces it, with one exception: a label of a chosen request never replaces one that rates count, since
 * correcting only chosen requests would move them. A label that rates count replaces one that they do not, even by the same value.
 * @param labels each request once
 * @returns how many labels were added and replaced; all others were left as they are
 */
export async function writeLabels(ctx: Context, { endpointId, source, labels }: NewLabels) {
  if (labels.length === 0) return { added: 0, replaced: 0 };
  const { workspaceId } = ctx.actor;
  // The database's clock, by which the worker finds labels that are new.
  const receivedAt = sql<Date>`clock_timestamp()`;
  const isCounted = isRepresentative(predictionLabels.selection);
  const willCount = isRepresentative(sql`excluded.selection`);
  const changed = await ctx.db
    .insert(predictionLabels)
    .values(
      // In a fixed order, so that two batches with the same requests wait for each other instead of deadlocking.
      labels
        .toSorted((a, b) => (a.requestId < b.requestId ? -1 : 1))
        .map((label) => ({ ...label, workspaceId, endpointId, source, receivedAt })),
    )
    .onConflictDoUpdate({
      target: [predictionLabels.endpointId, predictionLabels.requestId],
      set: {
        label: sql`excluded.label`,
        source: sql`excluded.label_source`,
        selection: sql`excluded.selection`,
        observedAt: sql`excluded.observed_at`,
        receivedAt,
        replaced: sql`${predictionLabels.replaced} + (${predictionLabels.label} <> excluded.label)::int`,
      },
      setWhere: sql`(${predictionLabels.label} <> excluded.label and (${willCount} or not ${isCounted})) or (${willCount} and not ${isCounted})`,
    })
    // A row that was inserted has not been deleted by any transaction.
    .returning({ isNew: sql<boolean>`xmax = 0` });
  const added = changed.filter(({ isNew }) => isNew).length;
  return { added, replaced: changed.length - added };
}
