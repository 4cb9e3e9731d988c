import { sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { gatewayHeartbeats } from "#db/schema/index.ts";
import type { GatewayState } from "../gateways/contract.ts";

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

/** Tells the state of one gateway, one time after the other: a beat under way would else overwrite that the gateway drains. */
export class Heartbeat {
  private readonly db: Database;
  private readonly gateway: { gatewayId: string; startedAt: Date; address: string };
  private readonly state: () => GatewayState;
  private last: Promise<void> = Promise.resolve();

  /** @param state asked when its turn has come */
  constructor(db: Database, gateway: { gatewayId: string; address: string }, state: () => GatewayState) {
    this.db = db;
    this.gateway = { ...gateway, startedAt: new Date() };
    this.state = state;
  }

  /** @throws when Postgres does not answer */
  beat(): Promise<void> {
    const beaten = this.last.then(() => writeHeartbeat(this.db, this.gateway, this.state()));
    this.last = beaten.catch(() => {});
    return beaten;
  }

  /** Tells it when Postgres answers; else the next beat does. */
  async tryBeat(): Promise<void> {
    await this.beat().catch(() => {});
  }
}
