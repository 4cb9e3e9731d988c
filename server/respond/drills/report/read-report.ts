import type { Context } from "#server/base/context.ts";
import type { GameDayReport } from "../contract.ts";
import type { GameDayRow } from "../game-day-rows.ts";
import { buildReport } from "./build-report.ts";
import { readFacts } from "./read-facts.ts";

/**
 * Reads what a game day has shown so far. The caller has checked permissions.
 * @param now milliseconds since 1970 @throws Error for one that has not started
 */
export async function readReport(ctx: Context, day: GameDayRow, now: number): Promise<GameDayReport> {
  return buildReport(await readFacts(ctx, day, now));
}
