import { desc, eq } from "drizzle-orm";
import { purges } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type Purge, type PurgePreview, TrashKey } from "./contract.ts";
import { findUses } from "./find-uses.ts";
import { measure } from "./measure.ts";
import { lockSubject } from "./subjects.ts";

/** Previews what permanent deletion would remove, and what uses the item; changes nothing. @throws DomainError "not-found" */
export async function previewPurge(ctx: Context, input: TrashKey): Promise<PurgePreview> {
  permit(ctx, "previewPurge");
  const key = TrashKey.parse(input);
  const subject = await transact(ctx, (ctx) => lockSubject(ctx, key));
  return {
    ...key,
    name: subject.name,
    ...(await measure(ctx, key, subject)),
    usedBy: await findUses(ctx, key, subject),
  };
}

/** Lists permanent deletions in progress and recent ones, newest first; at most a hundred. */
export async function listPurges(ctx: Context): Promise<Purge[]> {
  permit(ctx, "listPurges");
  const rows = await ctx.db
    .select()
    .from(purges)
    .where(eq(purges.workspaceId, ctx.actor.workspaceId))
    .orderBy(desc(purges.startedAt), desc(purges.id))
    .limit(100);
  return rows.map(purgeOf);
}

/** Converts the row to its public form. */
export function purgeOf({ workspaceId: _, retryAt: __, ...purge }: typeof purges.$inferSelect): Purge {
  return purge;
}
