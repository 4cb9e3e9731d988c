import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { BundleKey } from "./contract.ts";
import { instanceKey } from "./instance-key.ts";

/** Returns the public half of the key that seals bundles. It is the same in every workspace. */
export async function getBundleKey(ctx: Context): Promise<BundleKey> {
  permit(ctx, "getBundleKey");
  return (await instanceKey(ctx.db)).public;
}
