import { and, eq, isNull, type SQL, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { gameDayEvents, gameDays, gatewayHeartbeats } from "#db/schema/index.ts";
import { systemContext, transact } from "#server/base/context.ts";
import { publish } from "#server/platform/events/publish.ts";
import type { ActiveFault } from "./active-fault.ts";
import { isInForce } from "./is-in-force.ts";

interface Claim {
  /** Names the process. */
  by: string;
  /** What it is about to do, for the log of the game day. */
  words: string;
  /** What has to hold besides. */
  condition?: SQL | undefined;
}

/**
 * Takes a fault that exactly one process of a gateway carries out, and writes it to the log of the game day before: a process that ends cannot do so
 * afterwards. @returns whether this process is to carry it out now
 */
export function claimFault(
  db: Database,
  { gameDayId, workspaceId }: Pick<ActiveFault, "gameDayId" | "workspaceId">,
  { by, words, condition }: Claim,
): Promise<boolean> {
  return transact(systemContext(db, workspaceId, "game-days"), async (ctx) => {
    const [claimed] = await ctx.db
      .update(gameDays)
      .set({ takenBy: by, updatedAt: sql`now()` })
      .where(
        and(
          eq(gameDays.workspaceId, workspaceId),
          eq(gameDays.id, gameDayId),
          isNull(gameDays.takenBy),
          isInForce(),
          condition,
        ),
      )
      .returning({ id: gameDays.id });
    if (!claimed) return false;
    await ctx.db.insert(gameDayEvents).values({ workspaceId, gameDayId, kind: "carried-out", words });
    await publish(ctx, "game-days", gameDayId);
    return true;
  });
}

/** Returns the condition that another gateway serves: its heartbeat is fresh, and it is not about to stop. */
export function anotherGatewayServes(gatewayId: string): SQL {
  const { gatewayId: other, seenAt, state } = gatewayHeartbeats;
  return sql`exists (select 1 from ${gatewayHeartbeats} where ${other} <> ${gatewayId}
    and ${seenAt} > now() - interval '30 seconds' and not (${state}->>'isDraining')::boolean)`;
}
