import type { Context } from "#server/base/context.ts";
import { sideBySide } from "#server/base/side-by-side.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { RunColumns } from "./contract.ts";
import { searchRunFields } from "./field-queries.ts";

/** Maximum number of common columns that a table offers; all others are found by their name. */
const maxKeys = 200;

/** Lists the metrics and params of the newest runs of an experiment, most common first. */
export async function listRunColumns(ctx: Context, experimentId: number): Promise<RunColumns> {
  permit(ctx, "listRunColumns");
  const [metrics, params] = await sideBySide(ctx, [
    () => searchRunFields(ctx, { experimentId, kind: "metric", limit: maxKeys }),
    () => searchRunFields(ctx, { experimentId, kind: "param", limit: maxKeys }),
  ]);
  return {
    metrics: metrics.fields.map(({ key, runs }) => ({ key, runs })),
    params: params.fields.map(({ key, runs, values = 0 }) => ({ key, runs, values })),
    runs: Math.max(metrics.runs, params.runs),
    keys: metrics.total + params.total,
  };
}
