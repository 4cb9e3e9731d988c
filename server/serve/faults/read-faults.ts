import { desc, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { gameDays } from "#db/schema/index.ts";
import type { ActiveFault } from "./active-fault.ts";
import { isInForce } from "./is-in-force.ts";

/** Each workspace has one running game day. */
const maxFaults = 1_000;

/** A fault as Postgres knows it, with spans instead of times: a gateway need not have the same clock. */
export interface ReadFault extends Omit<ActiveFault, "startedAt" | "endsAt"> {
  /** Milliseconds since it started. */
  sinceMs: number;
  /** Milliseconds until its lease or the fault itself ends. */
  leftMs: number;
}

/** Reads the faults of running game days of all workspaces. For gateways, not on behalf of a caller. */
export async function readFaults(db: Database): Promise<ReadFault[]> {
  const { id, number, workspaceId, endpointId, fault, scope, share, takenBy, startedAt, until, leasedUntil } = gameDays;
  const rows = await db
    .select({
      gameDayId: id,
      number,
      workspaceId,
      endpointId,
      fault,
      scope,
      share,
      takenBy,
      sinceMs: sql<number>`extract(epoch from now() - coalesce(${startedAt}, now()))::float8 * 1000`,
      leftMs: sql<number>`extract(epoch from least(${leasedUntil}, ${until}) - now())::float8 * 1000`,
    })
    .from(gameDays)
    .where(isInForce())
    .orderBy(desc(startedAt))
    .limit(maxFaults);
  return rows.map(({ number, takenBy, ...row }) => ({ ...row, name: `GD-${number}`, isTaken: takenBy !== null }));
}
