import { hash } from "node:crypto";
import { and, eq, lte, sql } from "drizzle-orm";
import { traceAssessments } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { ParsedAssessment } from "./contract.ts";
import { thisAssessment } from "./rows.ts";

/**
 * Stores assessments that a client made while the trace was active and sends with it, in the caller's transaction. Those sent again replace
 * the stored ones unless these were updated later.
 */
export async function storeAssessments(
  ctx: Context,
  traceId: string,
  sent: readonly ParsedAssessment[],
): Promise<void> {
  const { workspaceId } = ctx.actor;
  const now = Date.now();
  for (const [index, assessment] of sent.entries()) {
    const { id = idOf(traceId, index, assessment), value = null, createdAt = now, ...given } = assessment;
    const sentAt = assessment.updatedAt ?? assessment.createdAt;
    const updatedAt = sentAt ?? now;
    const row = { ...given, traceId, value: JSON.stringify(value), createdAt, updatedAt };
    await ctx.db
      .insert(traceAssessments)
      .values({ ...row, id, workspaceId })
      .onConflictDoUpdate({
        target: [traceAssessments.workspaceId, traceAssessments.id],
        set: row,
        setWhere: and(
          eq(traceAssessments.traceId, traceId),
          sentAt === undefined ? sql`false` : lte(traceAssessments.updatedAt, sentAt),
        ),
      });
    if (!given.overrides) continue;
    const overridden = { traceId, id: given.overrides };
    await ctx.db.update(traceAssessments).set({ isValid: false }).where(thisAssessment(ctx, overridden));
  }
}

/** Clients give no ids to assessments of an active trace. The same assessment, sent again, has the same id. */
function idOf(traceId: string, index: number, assessment: ParsedAssessment): string {
  return `a-${hash("sha256", JSON.stringify([traceId, index, assessment]), "hex").slice(0, 32)}`;
}
