import { and, eq } from "drizzle-orm";
import { budgetApprovals } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { lockSlo } from "../../objectives/stored-slos.ts";
import type { Slo } from "../objectives/contract.ts";
import { loadSlo } from "../objectives/load-slo.ts";
import { RevokeApproval } from "./contract.ts";

/** Ends an approval before its time. @throws DomainError "not-found" also when it was revoked already */
export async function revokeApproval(ctx: Context, input: RevokeApproval): Promise<Slo> {
  permit(ctx, "revokeApproval");
  const { sloId, approvalId, reason } = RevokeApproval.parse(input);
  await transact(ctx, async (ctx) => {
    const { name, endpointId } = await lockSlo(ctx, sloId);
    const [revoked] = await ctx.db
      .update(budgetApprovals)
      .set({ isRevoked: true })
      .where(
        and(
          eq(budgetApprovals.id, approvalId),
          eq(budgetApprovals.sloId, sloId),
          eq(budgetApprovals.workspaceId, ctx.actor.workspaceId),
          eq(budgetApprovals.isRevoked, false),
        ),
      )
      .returning();
    if (!revoked) throw new DomainError("not-found", "Approval not found, or already revoked.");
    const { approvedBy, until } = revoked;
    await record(ctx, "slo.approval-revoked", { subject: `slo/${name}`, before: { approvedBy, until }, reason });
    await publish(ctx, "slo", sloId);
    if (endpointId) await publish(ctx, "endpoint", endpointId);
  });
  return loadSlo(ctx, sloId);
}
