import { and, eq, isNull, sql } from "drizzle-orm";
import { budgetAdjustments } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { lockSlo } from "../../objectives/stored-slos.ts";
import type { Slo } from "../objectives/contract.ts";
import { loadSlo } from "../objectives/load-slo.ts";
import { RevokeAdjustment } from "./contract.ts";

/**
 * Revokes an adjustment, which makes its time range count again. Both stay on record. @throws DomainError "not-found", "conflict" if it was
 * revoked already
 */
export async function revokeAdjustment(ctx: Context, input: RevokeAdjustment): Promise<Slo> {
  permit(ctx, "revokeAdjustment");
  const { sloId, adjustmentId, reason } = RevokeAdjustment.parse(input);
  await transact(ctx, async (ctx) => {
    const { name } = await lockSlo(ctx, sloId);
    const { workspaceId, name: revokedBy } = ctx.actor;
    const ofId = and(
      eq(budgetAdjustments.id, adjustmentId),
      eq(budgetAdjustments.sloId, sloId),
      eq(budgetAdjustments.workspaceId, workspaceId),
    );
    const [revoked] = await ctx.db
      .update(budgetAdjustments)
      .set({ revokedBy, revokedAt: sql`now()` })
      .where(and(ofId, isNull(budgetAdjustments.revokedAt)))
      .returning();
    if (!revoked) throw await notRevoked(ctx, ofId);
    const { from, to } = revoked;
    await record(ctx, "slo.adjustment-revoked", { subject: `slo/${name}`, before: { from, to }, reason });
    await publish(ctx, "slo", sloId);
  });
  return loadSlo(ctx, sloId);
}

async function notRevoked(ctx: Context, ofId: ReturnType<typeof and>): Promise<DomainError> {
  const [known] = await ctx.db.select({ by: budgetAdjustments.revokedBy }).from(budgetAdjustments).where(ofId);
  if (known)
    return new DomainError("conflict", `This adjustment was already revoked by ${known.by ?? "someone else"}.`);
  return new DomainError("not-found", "Adjustment not found. See the SLO page for a list.");
}
