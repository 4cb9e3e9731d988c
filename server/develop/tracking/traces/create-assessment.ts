import { randomUUID } from "node:crypto";
import { traceAssessments, traces } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type Assessment, NewAssessment } from "./contract.ts";
import { noAssessment, noTrace, thisAssessment, thisTrace, toAssessment } from "./rows.ts";
import { storable } from "./storable.ts";

/**
 * Creates an assessment of a trace, or an expected result. An overridden assessment is kept, and is no longer valid.
 * @throws DomainError "not-found" for the trace or the overridden assessment.
 */
export async function createAssessment(ctx: Context, input: NewAssessment): Promise<Assessment> {
  permit(ctx, "createAssessment");
  const { value = null, ...given } = storable(NewAssessment.parse(input));
  const now = Date.now();
  return transact(ctx, async (ctx) => {
    const [trace] = await ctx.db
      .select({ id: traces.id })
      .from(traces)
      .where(thisTrace(ctx, given.traceId))
      .for("share");
    if (!trace) throw noTrace(given.traceId);
    if (given.overrides) {
      const overridden = { traceId: given.traceId, id: given.overrides };
      const [found] = await ctx.db
        .update(traceAssessments)
        .set({ isValid: false, updatedAt: now })
        .where(thisAssessment(ctx, overridden))
        .returning({ id: traceAssessments.id });
      if (!found) throw noAssessment(overridden);
    }
    const id = `a-${randomUUID().replaceAll("-", "")}`;
    const { workspaceId } = ctx.actor;
    const row = { ...given, id, workspaceId, value: JSON.stringify(value), createdAt: now, updatedAt: now };
    const [created] = await ctx.db.insert(traceAssessments).values(row).returning();
    if (!created) throw new Error("The assessment was not inserted.");
    return toAssessment(created);
  });
}
