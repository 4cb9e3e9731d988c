import { and, eq, isNotNull, isNull, sql } from "drizzle-orm";
import { slos } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { lockSlo } from "../../objectives/stored-slos.ts";
import { ActOnSlo, type Slo } from "./contract.ts";
import { loadSlo } from "./load-slo.ts";

/**
 * Pauses or resumes an SLO. The caller has checked permissions. @throws DomainError "not-found", "conflict" if it is in that state already
 */
async function setPause(ctx: Context, input: { sloId: string; reason: string }, isPaused: boolean): Promise<Slo> {
  const { sloId, reason } = input;
  await transact(ctx, async (ctx) => {
    const { name } = await lockSlo(ctx, sloId);
    const [changed] = await ctx.db
      .update(slos)
      .set({ pausedAt: isPaused ? sql`now()` : null, updatedAt: sql`now()` })
      .where(
        and(
          eq(slos.id, sloId),
          eq(slos.workspaceId, ctx.actor.workspaceId),
          isPaused ? isNull(slos.pausedAt) : isNotNull(slos.pausedAt),
        ),
      )
      .returning({ id: slos.id });
    if (!changed) throw new DomainError("conflict", `"${name}" is ${isPaused ? "already paused" : "not paused"}.`);
    await record(ctx, isPaused ? "slo.paused" : "slo.resumed", { subject: `slo/${name}`, reason });
    await publish(ctx, "slo", sloId);
  });
  return loadSlo(ctx, sloId);
}

/**
 * Pauses the notifications of an SLO. It is still counted and displayed, and its budget still gates changes: muting does not permit
 * changes.
 * @throws DomainError "not-found", "conflict" when it is paused already or archived
 */
export async function pauseSlo(ctx: Context, input: ActOnSlo): Promise<Slo> {
  permit(ctx, "pauseSlo");
  return setPause(ctx, ActOnSlo.parse(input), true);
}

/** Resumes the notifications of an SLO. @throws DomainError "not-found", "conflict" if it is not paused, or archived */
export async function resumeSlo(ctx: Context, input: ActOnSlo): Promise<Slo> {
  permit(ctx, "resumeSlo");
  return setPause(ctx, ActOnSlo.parse(input), false);
}
