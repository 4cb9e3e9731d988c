import { randomUUID } from "node:crypto";
import { sql } from "drizzle-orm";
import { evaluationDatasets, evaluationRecords } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { storable } from "../traces/storable.ts";
import { UpsertEvaluationRecords } from "./contract.ts";
import { inputHash } from "./input-hash.ts";
import { changedBy, lockDataset, thisDataset, userTag } from "./rows.ts";

type NewRow = typeof evaluationRecords.$inferInsert;

/**
 * Stores records, all or nothing. A record with existing inputs updates the stored one: expectations and tags are merged, outputs are
 * replaced. @throws DomainError "not-found"
 */
export async function upsertEvaluationRecords(
  ctx: Context,
  input: UpsertEvaluationRecords,
): Promise<{ inserted: number; updated: number }> {
  permit(ctx, "upsertEvaluationRecords");
  const { id: datasetId, records } = storable(UpsertEvaluationRecords.parse(input));
  const { workspaceId, name } = ctx.actor;
  return transact(ctx, async (ctx) => {
    const dataset = await lockDataset(ctx, datasetId);
    const by = records.findLast(({ tags }) => tags?.[userTag])?.tags?.[userTag] ?? name;
    const change = changedBy(by, dataset);
    const rows = new Map<string, NewRow>();
    for (const { inputs, outputs, expectations, tags, source } of records) {
      const hash = inputHash(inputs);
      const before = rows.get(hash);
      rows.set(hash, {
        workspaceId,
        datasetId,
        id: before?.id ?? `dr-${randomUUID().replaceAll("-", "")}`,
        inputHash: hash,
        inputs,
        outputs: outputs ?? before?.outputs ?? null,
        expectations: merged(before?.expectations, expectations),
        tags: merged(before?.tags, tags),
        source: before?.source ?? source ?? null,
        createdBy: by,
        updatedBy: by,
        createdAt: change.updatedAt,
        updatedAt: change.updatedAt,
      });
    }
    let inserted = 0;
    for (const batch of chunksOf([...rows.values()], 500)) inserted += await store(ctx, batch);
    await ctx.db.update(evaluationDatasets).set(change).where(thisDataset(ctx, datasetId));
    return { inserted, updated: records.length - inserted };
  });
}

/** @returns the number of new records. */
async function store(ctx: Context, rows: NewRow[]): Promise<number> {
  const both = (column: string) => {
    const [old, now] = [sql.identifier(column), sql.raw(`excluded.${column}`)];
    return sql`coalesce(evaluation_records.${old} || ${now}, ${now}, evaluation_records.${old})`;
  };
  const stored = await ctx.db
    .insert(evaluationRecords)
    .values(rows)
    .onConflictDoUpdate({
      target: [evaluationRecords.workspaceId, evaluationRecords.datasetId, evaluationRecords.inputHash],
      set: {
        outputs: sql`coalesce(excluded.outputs, evaluation_records.outputs)`,
        expectations: both("expectations"),
        tags: both("tags"),
        updatedBy: sql`excluded.updated_by`,
        updatedAt: sql`excluded.updated_at`,
      },
    })
    // xmax distinguishes a new row from a changed one.
    .returning({ isNew: sql<boolean>`xmax = 0` });
  return stored.filter(({ isNew }) => isNew).length;
}

function merged<Values extends object>(before: Values | null | undefined, now: Values | null | undefined) {
  return before && now ? { ...before, ...now } : (now ?? before ?? null);
}

function chunksOf<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
