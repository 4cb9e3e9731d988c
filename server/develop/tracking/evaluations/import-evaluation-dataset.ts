import { evaluationDatasets, evaluationRecords } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { storable } from "../traces/storable.ts";
import {
  CreateEvaluationDataset,
  type EvaluationDataset,
  type EvaluationRecord,
  NewEvaluationRecord,
} from "./contract.ts";
import { inputHash } from "./input-hash.ts";

const recordsAtOnce = 500;

/** An evaluation dataset that was created elsewhere, without what is computed from its records. */
export type ImportedEvaluationDataset = Omit<EvaluationDataset, "schema" | "records">;
export type ImportedEvaluationRecord = Omit<EvaluationRecord, "datasetId">;

/**
 * Stores an evaluation dataset of another installation with its records, all or nothing, under its id. Leaves one with that id as it is. The
 * caller has checked permissions, and mapped the experiments.
 * @returns whether it was stored. @throws ZodError for what could not have been created here
 */
export async function importEvaluationDataset(
  ctx: Context,
  dataset: ImportedEvaluationDataset,
  records: AsyncIterable<ImportedEvaluationRecord>,
): Promise<boolean> {
  const { workspaceId } = ctx.actor;
  const values = storable({ ...dataset, ...CreateEvaluationDataset.parse(dataset) });
  let isRead = false;
  return transact(ctx, async (ctx) => {
    // The records can be read only once, so a transaction that conflicted cannot run again.
    if (isRead)
      throw new DomainError(
        "unavailable",
        `The evaluation dataset ${dataset.name} was changed by others. Start again.`,
      );
    const [stored] = await ctx.db
      .insert(evaluationDatasets)
      .values({ ...values, workspaceId })
      .onConflictDoNothing()
      .returning({ id: evaluationDatasets.id });
    if (!stored) return false;
    isRead = true;
    let rows: (typeof evaluationRecords.$inferInsert)[] = [];
    const flush = async () => {
      if (rows.length > 0) await ctx.db.insert(evaluationRecords).values(rows).onConflictDoNothing();
      rows = [];
    };
    for await (const received of records) {
      const { inputs, outputs, expectations, tags, source } = storable(NewEvaluationRecord.parse(received));
      const { id, createdBy, updatedBy, createdAt, updatedAt } = received;
      rows.push({
        workspaceId,
        datasetId: dataset.id,
        id,
        inputHash: inputHash(inputs),
        inputs,
        outputs: outputs ?? null,
        expectations: expectations ?? null,
        tags: tags ?? null,
        source: source ?? null,
        createdBy,
        updatedBy,
        createdAt,
        updatedAt,
      });
      if (rows.length === recordsAtOnce) await flush();
    }
    await flush();
    const subject = `evaluation-dataset/${dataset.id}`;
    await record(ctx, "evaluation-dataset.created", { subject, after: { name: dataset.name } });
    return true;
  });
}
