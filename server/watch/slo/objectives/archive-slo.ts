import { and, eq, sql } from "drizzle-orm";
import { slos } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { lockSlo } from "../../objectives/stored-slos.ts";
import { compositesOf } from "./complete-definition.ts";
import { ActOnSlo } from "./contract.ts";

/**
 * Promises it no longer. Its revisions and counts stay, and creating one of that name brings it back.
 * @throws DomainError "not-found"; "conflict" when it is archived already, or a composite is composed of it
 */
export async function archiveSlo(ctx: Context, input: ActOnSlo): Promise<void> {
  permit(ctx, "archiveSlo");
  const { sloId, reason } = ActOnSlo.parse(input);
  await transact(ctx, (ctx) => archive(ctx, sloId, reason));
}

/** Archives an SLO in the caller's transaction. The caller has checked permissions. */
export async function archive(ctx: Context, sloId: string, reason: string): Promise<void> {
  const { name } = await lockSlo(ctx, sloId);
  const [composite] = await compositesOf(ctx, sloId);
  if (composite)
    throw new DomainError("conflict", `"${name}" is a component of "${composite.name}". Remove it there first.`);
  await ctx.db
    .update(slos)
    .set({ archivedAt: sql`now()`, updatedAt: sql`now()` })
    .where(and(eq(slos.id, sloId), eq(slos.workspaceId, ctx.actor.workspaceId)));
  await record(ctx, "slo.archived", { subject: `slo/${name}`, reason: reason || undefined });
  await publish(ctx, "slo", sloId);
}
