import { sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { gatewayHeartbeats } from "#db/schema/index.ts";
import type { GatewayState } from "../contract.ts";

/** Tells the others that this gateway is alive and what it has loaded. When is told by the clock of Postgres, by which it is read. */
export async function writeHeartbeat(
  db: Database,
  gateway: { gatewayId: string; startedAt: Date; address: string },
  state: GatewayState,
): Promise<void> {
  const values = { ...gateway, seenAt: sql`now()`, state };
  const { gatewayId, ...changed } = values;
  await db
    .insert(gatewayHeartbeats)
    .values(values)
    .onConflictDoUpdate({ target: gatewayHeartbeats.gatewayId, set: changed });
}
