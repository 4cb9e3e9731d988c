import { and, desc, eq, gte, inArray, isNull, lte, or } from "drizzle-orm";
import { externalChanges } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { Change } from "./contract.ts";
import type { Span } from "./span.ts";

/** Lists changes that pipelines reported. */
export async function listRecordedChanges(ctx: Context, { endpointIds, from, to, limit }: Span): Promise<Change[]> {
  const rows = await ctx.db
    .select()
    .from(externalChanges)
    .where(
      and(
        eq(externalChanges.workspaceId, ctx.actor.workspaceId),
        or(
          ctx.actor.endpoints ? undefined : isNull(externalChanges.endpointId),
          inArray(externalChanges.endpointId, endpointIds),
        ),
        gte(externalChanges.at, from),
        lte(externalChanges.at, to),
      ),
    )
    .orderBy(desc(externalChanges.at), desc(externalChanges.id))
    .limit(limit);
  return rows.map(changeOfRow);
}

export function changeOfRow(row: typeof externalChanges.$inferSelect): Change {
  const { kind, title, at, endpointId } = row;
  const change = { kind, title, at, endpointId, actor: row.reportedBy, href: row.url };
  return { id: `external:${row.id}`, ...change, before: null, after: row.body || null };
}
