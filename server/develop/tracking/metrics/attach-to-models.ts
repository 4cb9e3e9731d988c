import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { Point } from "../log-contract.ts";
import { requireOwnModels } from "../runs/own-run.ts";
import { storedValue } from "./check-batch.ts";

/** Assigns points with a logged model to that model too, even if the run has them already. */
export async function attachToModels(ctx: Context, runId: string, points: readonly Point[]): Promise<void> {
  const attached = points.filter((point) => point.modelId);
  if (attached.length === 0) return;
  await requireOwnModels(
    ctx,
    attached.flatMap(({ modelId }) => modelId ?? []),
  );
  const { workspaceId } = ctx.actor;
  const column = <Value>(read: (point: Point) => Value) => sql.param(attached.map(read));
  const { rows: unknown } = await ctx.db.execute<{ id: string }>(sql`
    select sent.id from unnest(${column(({ modelId }) => modelId)}::text[]) as sent (id)
    where not exists (
      select from logged_models
      where id = sent.id and workspace_id = ${workspaceId} and deleted_at is null
    ) limit 1`);
  if (unknown[0]) throw new DomainError("not-found", `Logged model with ID '${unknown[0].id}' not found.`);
  await ctx.db.execute(sql`
    insert into logged_model_metrics
      (workspace_id, model_id, run_id, key, step, timestamp, value, dataset_name, dataset_digest)
    select ${workspaceId}::uuid, model_id, ${runId}, key, step, timestamp, value, dataset_name, dataset_digest
    from unnest(
      ${column(({ modelId }) => modelId)}::text[], ${column(({ key }) => key)}::text[],
      ${column(({ step }) => step)}::bigint[], ${column(({ timestamp }) => timestamp)}::bigint[],
      ${column(({ value }) => storedValue(value))}::double precision[],
      ${column(({ datasetName }) => datasetName ?? "")}::text[],
      ${column(({ datasetDigest }) => datasetDigest ?? "")}::text[]
    ) as sent (model_id, key, step, timestamp, value, dataset_name, dataset_digest)
    on conflict do nothing`);
}
