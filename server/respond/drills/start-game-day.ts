import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { GameDay } from "./contract.ts";
import { loadGameDay } from "./game-day-rows.ts";
import { startDay } from "./start-day.ts";

/**
 * Starts a planned game day: gateways and workers make the fault until its end, as long as the worker renews its lease. All preconditions have
 * to hold. @throws DomainError "not-found"; "conflict" with the first precondition that is not met, or where it has started
 */
export async function startGameDay(ctx: Context, number: number): Promise<GameDay> {
  permit(ctx, "startGameDay");
  return transact(ctx, async (ctx) => {
    const { id, blocked } = await startDay(ctx, number, { by: ctx.actor.name });
    if (blocked !== null) throw new DomainError("conflict", blocked);
    return loadGameDay(ctx, id);
  });
}
