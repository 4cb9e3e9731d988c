import { gt, sql } from "drizzle-orm";
import { gatewayHeartbeats } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { GatewayState } from "#server/serve/gateways/contract.ts";

const maxGateways = 500;

/** Reads the states of the gateways that have a fresh heartbeat and are not about to stop. They serve all workspaces. */
export async function readGateways({ db }: Pick<Context, "db">): Promise<GatewayState[]> {
  const rows = await db
    .select({ state: gatewayHeartbeats.state })
    .from(gatewayHeartbeats)
    .where(gt(gatewayHeartbeats.seenAt, sql`clock_timestamp() - interval '30 seconds'`))
    .limit(maxGateways);
  return rows.flatMap(({ state }) => {
    const { data } = GatewayState.safeParse(state);
    return data && !data.isDraining ? [data] : [];
  });
}
