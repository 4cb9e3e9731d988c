import { and, desc, eq, isNull } from "drizzle-orm";
import { featureFindings, featureViews } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { ListViewFindings, type ViewFinding } from "../contract.ts";
import { ViewFindingAlert } from "./contract.ts";

/** Lists what is or was wrong with a view, or with all of the workspace, newest first. */
export async function listViewFindings(
  ctx: Context,
  input: ListViewFindings = {},
): Promise<{ findings: ViewFinding[] }> {
  permit(ctx, "listViewFindings");
  const { view, state, limit } = ListViewFindings.parse(input);
  const rows = await ctx.db
    .select({ row: featureFindings, view: featureViews.name })
    .from(featureFindings)
    .innerJoin(featureViews, eq(featureViews.id, featureFindings.viewId))
    .where(
      and(
        eq(featureFindings.workspaceId, ctx.actor.workspaceId),
        view === undefined ? undefined : eq(featureViews.name, view),
        state === "open" ? isNull(featureFindings.closedAt) : undefined,
      ),
    )
    .orderBy(desc(featureFindings.openedAt), desc(featureFindings.id))
    .limit(limit);
  return {
    findings: rows.map(({ row, view }) => {
      const { id, kind, feature, severity, words, evidence, openedAt, seenAt, closedAt } = row;
      const alert = ViewFindingAlert.safeParse(evidence);
      const { advice, section } = alert.success ? alert.data : { advice: "", section: "" };
      return { id, view, kind, feature, severity, words, advice, section, openedAt, seenAt, closedAt };
    }),
  };
}
