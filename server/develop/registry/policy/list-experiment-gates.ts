import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { MetricThreshold } from "./contract.ts";
import { loadPolicy } from "./queries.ts";

/** Maximum number of models whose gates are read: those with the newest versions. */
const maxModels = 5;

const ModelRow = z.object({ id: z.string(), name: z.string() });

/** Lists the thresholds that gates set for metrics of an experiment's runs: those of the models that have versions from these runs. */
export async function listExperimentGates(ctx: Context, experimentId: number): Promise<MetricThreshold[]> {
  permit(ctx, "getPolicy");
  const { workspaceId } = ctx.actor;
  const models = rowsOf(
    ModelRow,
    await ctx.db.execute(sql`
      select model.id, model.name from registered_models model
      join model_versions version on version.workspace_id = ${workspaceId} and version.model_id = model.id
      join runs run on run.workspace_id = ${workspaceId} and run.id = version.run_id and run.experiment_id = ${experimentId}
      where model.workspace_id = ${workspaceId} group by model.id order by max(version.created_at) desc limit ${maxModels}`),
  );
  const thresholds: MetricThreshold[] = [];
  for (const { id, name } of models) {
    const { policy } = await loadPolicy(ctx, id);
    for (const gate of policy.gates) {
      if (gate.kind !== "metric" || gate.bound === null) continue;
      const { metric, bound, better } = gate;
      const same = thresholds.find((one) => one.metric === metric && one.bound === bound && one.better === better);
      if (same) same.models.push(name);
      else thresholds.push({ metric, bound, better, models: [name] });
    }
  }
  return thresholds;
}
