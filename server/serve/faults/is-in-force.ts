import { and, eq, gt, type SQL, sql } from "drizzle-orm";
import { gameDays } from "#db/schema/index.ts";

/** Returns the condition for game days whose fault lasts now: each reader ends it alone when the lease is not renewed. docs/spec/game-days.md */
export function isInForce(): SQL | undefined {
  const now = sql`now()`;
  return and(eq(gameDays.state, "running"), gt(gameDays.until, now), gt(gameDays.leasedUntil, now));
}
