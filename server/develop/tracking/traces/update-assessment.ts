import { sql } from "drizzle-orm";
import { traceAssessments } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type Assessment, UpdateAssessment } from "./contract.ts";
import { noAssessment, thisAssessment, toAssessment } from "./rows.ts";
import { storable } from "./storable.ts";

/** Updates the given fields of an assessment; metadata are added to the existing ones. @throws DomainError "not-found" */
export async function updateAssessment(ctx: Context, input: UpdateAssessment): Promise<Assessment> {
  permit(ctx, "updateAssessment");
  const { traceId, assessmentId: id, value, metadata, ...given } = storable(UpdateAssessment.parse(input));
  const [changed] = await ctx.db
    .update(traceAssessments)
    .set({
      ...given,
      ...(value !== undefined && { value: JSON.stringify(value) }),
      ...(metadata && {
        metadata: sql`coalesce(${traceAssessments.metadata}, '{}') || ${JSON.stringify(metadata)}::jsonb`,
      }),
      updatedAt: Date.now(),
    })
    .where(thisAssessment(ctx, { traceId, id }))
    .returning();
  if (!changed) throw noAssessment({ traceId, id });
  return toAssessment(changed);
}
