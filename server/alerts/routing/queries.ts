import type { Context } from "#server/context.ts";
import { permit } from "#server/identity/permit.ts";
import type { StoredRouting } from "./contract.ts";
import { loadRouting } from "./load-routing.ts";
import { silentReceivers } from "./silent-receivers.ts";

/** The routing that holds, and which of its receivers tell nobody. */
export async function getRouting(ctx: Context): Promise<StoredRouting> {
  permit(ctx, "getRouting");
  const stored = await loadRouting(ctx);
  return { ...stored, silentReceivers: await silentReceivers(ctx, stored.routing) };
}
