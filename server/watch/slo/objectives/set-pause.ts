import { and, eq, isNotNull, isNull, sql } from "drizzle-orm";
import { slos } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { lockSlo } from "../../objectives/stored-slos.ts";
import type { Slo } from "./contract.ts";
import { loadSlo } from "./load-slo.ts";

/** Pauses an SLO or lets it go on, for who was let in already. @throws DomainError "not-found", "conflict" when it is so already */
export async function setPause(ctx: Context, wish: { sloId: string; reason: string }, isPaused: boolean): Promise<Slo> {
  const { sloId, reason } = wish;
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
