import type { z } from "zod";
import { type Context, transact } from "#server/base/context.ts";
import { databaseNow } from "#server/base/database-now.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { AbortGameDay, type GameDay } from "./contract.ts";
import { endDay } from "./end-day.ts";
import { lockHiddenDay } from "./find-day.ts";
import { loadGameDay, lockGameDays } from "./game-day-rows.ts";

/** Ends a running game day at once. Any member may. @throws DomainError "not-found"; "conflict" unless it is running */
export async function abortGameDay(ctx: Context, input: z.input<typeof AbortGameDay>): Promise<GameDay> {
  permit(ctx, "abortGameDay");
  const { number, reason } = AbortGameDay.parse(input);
  return transact(ctx, async (ctx) => {
    await lockGameDays(ctx);
    const day = await lockHiddenDay(ctx, number);
    if (day.state !== "running") throw new DomainError("conflict", `GD-${number} is not running.`);
    await endDay(ctx, day, { state: "aborted", reason, by: ctx.actor.name, at: await databaseNow(ctx.db) });
    return loadGameDay(ctx, day.id);
  });
}
