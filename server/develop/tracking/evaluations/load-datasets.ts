import { and, count, eq, inArray, sql } from "drizzle-orm";
import { evaluationDatasets, evaluationRecords } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { EvaluationDataset } from "./contract.ts";

/** Returns evaluation datasets of the caller's workspace in the order of their ids, with the schema of their records. */
export async function loadDatasets(ctx: Context, ids: readonly string[]): Promise<EvaluationDataset[]> {
  if (ids.length === 0) return [];
  const { workspaceId } = ctx.actor;
  const rows = await ctx.db
    .select()
    .from(evaluationDatasets)
    .where(and(eq(evaluationDatasets.workspaceId, workspaceId), inArray(evaluationDatasets.id, [...ids])));
  const counts = await ctx.db
    .select({ id: evaluationRecords.datasetId, records: count() })
    .from(evaluationRecords)
    .where(and(eq(evaluationRecords.workspaceId, workspaceId), inArray(evaluationRecords.datasetId, [...ids])))
    .groupBy(evaluationRecords.datasetId);
  const byId = new Map(rows.map(({ workspaceId: _, ...row }) => [row.id, row]));
  const records = new Map(counts.map((row) => [row.id, row.records]));
  const schemas = await loadSchemas(ctx, ids);
  return ids.flatMap((id) => {
    const row = byId.get(id);
    return row ? [{ ...row, records: records.get(id) ?? 0, schema: schemas.get(id) ?? null }] : [];
  });
}

/** Returns the fields of the records, by part, with their type in the oldest record. */
async function loadSchemas(
  ctx: Context,
  ids: readonly string[],
): Promise<Map<string, Record<string, Record<string, string>>>> {
  const { rows } = await ctx.db.execute<{ id: string; part: string; key: string; type: string }>(sql`
    select distinct on (record.dataset_id, part.name, field.key)
      record.dataset_id as id, part.name as part, field.key,
      case when jsonb_typeof(field.value) <> 'number' then jsonb_typeof(field.value)
        when field.value::text ~ '[.e]' then 'float' else 'integer' end as type
    from evaluation_records record
      cross join lateral (values ('inputs', record.inputs), ('outputs', record.outputs), ('expectations', record.expectations))
        part(name, fields)
      cross join lateral jsonb_each(case when jsonb_typeof(part.fields) = 'object' then part.fields end) field
    where record.workspace_id = ${ctx.actor.workspaceId} and record.dataset_id = any(${sql.param([...ids])})
    order by record.dataset_id, part.name, field.key, record.created_at, record.id`);
  const schemas = new Map<string, Record<string, Record<string, string>>>();
  for (const { id, part, key, type } of rows) {
    const schema = schemas.get(id) ?? { inputs: {}, outputs: {}, expectations: {} };
    schemas.set(id, { ...schema, [part]: { ...schema[part], [key]: type } });
  }
  return schemas;
}
