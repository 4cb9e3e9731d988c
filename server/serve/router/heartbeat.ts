import { sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { gatewayHeartbeats } from "#db/schema/index.ts";
import type { GatewayState } from "../gateways/contract.ts";

/** Reports that this gateway is alive and what it has loaded. The time is by the clock of Postgres, like that of its readers. */
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

/** Reports one gateway's state, one report at a time: otherwise one in progress could overwrite that the gateway is draining. */
export class Heartbeat {
  private readonly db: Database;
  private readonly gateway: { gatewayId: string; startedAt: Date; address: string };
  private readonly state: () => GatewayState;
  private last: Promise<void> = Promise.resolve();

  /** @param state called when the heartbeat is written */
  constructor(db: Database, gateway: { gatewayId: string; address: string }, state: () => GatewayState) {
    this.db = db;
    this.gateway = { ...gateway, startedAt: new Date() };
    this.state = state;
  }

  /** Writes a heartbeat after the previous one. @throws when Postgres does not respond */
  beat(): Promise<void> {
    const beaten = this.last.then(() => writeHeartbeat(this.db, this.gateway, this.state()));
    this.last = beaten.catch(() => {});
    return beaten;
  }

  /** Sends a heartbeat if Postgres responds; otherwise the next one does. */
  async tryBeat(): Promise<void> {
    await this.beat().catch(() => {});
  }
}
