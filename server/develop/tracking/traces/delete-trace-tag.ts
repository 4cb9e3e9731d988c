import { and, sql } from "drizzle-orm";
import { traces } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { thisTrace } from "./rows.ts";

/** Takes a tag off a trace. @throws DomainError "not-found" when it has no such tag. */
export async function deleteTraceTag(ctx: Context, { traceId, key }: { traceId: string; key: string }): Promise<void> {
  permit(ctx, "deleteTraceTag");
  const [changed] = await ctx.db
    .update(traces)
    .set({ tags: sql`${traces.tags} - ${key}::text` })
    .where(and(thisTrace(ctx, traceId), sql`jsonb_exists(${traces.tags}, ${key})`))
    .returning({ id: traces.id });
  if (!changed) throw new DomainError("not-found", `No trace tag with key '${key}' for trace with ID '${traceId}'`);
}
