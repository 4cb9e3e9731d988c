import { and, eq, inArray, isNull } from "drizzle-orm";
import { purges } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { TrashKind } from "./contract.ts";

/**
 * Rejects restoring an object that is being permanently deleted. To be called in the transaction that restores, once it holds the row's
 * lock: a purge request holds it too.
 * @throws DomainError "conflict"
 */
export async function refuseWhilePurged(ctx: Context, kind: TrashKind, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const [open] = await ctx.db
    .select({ name: purges.name })
    .from(purges)
    .where(
      and(
        eq(purges.workspaceId, ctx.actor.workspaceId),
        eq(purges.kind, kind),
        inArray(purges.subjectId, [...ids]),
        isNull(purges.finishedAt),
      ),
    )
    .limit(1);
  if (open) throw new DomainError("conflict", `${open.name} is being permanently deleted and cannot be restored.`);
}
