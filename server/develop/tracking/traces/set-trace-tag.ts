import { sql } from "drizzle-orm";
import { traces } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { maxValueLength, SetTraceTag } from "./contract.ts";
import { noTrace, thisTrace } from "./rows.ts";
import { storable } from "./storable.ts";

/** Sets a tag of a trace; its value is cut to 8,000 characters. @throws DomainError "not-found" */
export async function setTraceTag(ctx: Context, input: SetTraceTag): Promise<void> {
  permit(ctx, "setTraceTag");
  const { traceId, key, value } = storable(SetTraceTag.parse(input));
  const tag = JSON.stringify({ [key]: value.slice(0, maxValueLength) });
  const [changed] = await ctx.db
    .update(traces)
    .set({ tags: sql`${traces.tags} || ${tag}::jsonb` })
    .where(thisTrace(ctx, traceId))
    .returning({ id: traces.id });
  if (!changed) throw noTrace(traceId);
}
