import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { permitEndpointById } from "../endpoints/lookups.ts";
import { GetLabelCounts, type LabelCounts } from "./contract.ts";
import { isRepresentative } from "./representative.ts";

/** Counts an endpoint's stored labels, and how many match the log. */
export async function getLabelCounts(ctx: Context, input: GetLabelCounts): Promise<LabelCounts> {
  permit(ctx, "getLabelCounts");
  const { endpointId } = GetLabelCounts.parse(input);
  await permitEndpointById(ctx, endpointId);
  const { workspaceId } = ctx.actor;
  const { rows } = await ctx.db.execute<Record<keyof LabelCounts, string>>(sql`
    select count(*) as labels, count(*) filter (where label.replaced > 0) as replaced,
      count(*) filter (where not ${isRepresentative(sql`label.selection`)}) as chosen,
      count(*) filter (where not exists (select from predictions as logged where logged.workspace_id = ${workspaceId}
        and logged.request_id = label.request_id and logged.endpoint_id = label.endpoint_id)) as unknown
    from prediction_labels as label where label.workspace_id = ${workspaceId} and label.endpoint_id = ${endpointId}`);
  const [row] = rows;
  return {
    labels: Number(row?.labels),
    replaced: Number(row?.replaced),
    unknown: Number(row?.unknown),
    chosen: Number(row?.chosen),
  };
}
