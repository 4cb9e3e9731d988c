import { gatewayHeartbeats } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { setPrices } from "../../../watch/cost/prices/set-prices.ts";

/** A gateway on a machine of its own, as it tells of itself. */
export async function addGateway(ctx: Context, gatewayId: string, machine: object = {}): Promise<void> {
  const told = { name: gatewayId, kind: "", cores: 2, gpus: 0, gpuKind: "", memoryBytes: 8e9, ...machine };
  const state = { isDraining: false, versions: [], machine: told };
  const at = new Date();
  await ctx.db
    .insert(gatewayHeartbeats)
    .values({ gatewayId, startedAt: at, seenAt: at, address: "http://127.0.0.1:8080", state });
}

/** A price of a core-hour for as long as prices may begin, which makes sums easy to check. */
export async function priceCores(ctx: Context, amount: number, from: Date, variant = ""): Promise<void> {
  await setPrices(ctx, { prices: [{ item: "core-hour", amount, variant }], currency: "EUR", from, reason: "a test" });
}
