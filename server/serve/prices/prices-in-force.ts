import { sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import type { PriceInForce } from "./contract.ts";

interface Row extends Record<string, unknown>, PriceInForce {
  workspaceId: string;
}

/** Returns the prices in effect in each workspace. Gateways use them to price requests. */
export async function pricesInForce(db: Database): Promise<Map<string, PriceInForce[]>> {
  const { rows } = await db.execute<Row>(sql`
    select distinct on (workspace_id, item, variant) workspace_id as "workspaceId", item, variant, amount, currency
    from prices where "from" <= now()
    order by workspace_id, item, variant, "from" desc, created_at desc`);
  const held = Map.groupBy(rows, ({ workspaceId }) => workspaceId);
  return new Map(
    [...held].map(([id, prices]) => [id, prices.map(({ workspaceId: _, ...price }) => price as PriceInForce)]),
  );
}
