import { type Context, transact } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { KeyValue } from "../contract.ts";
import { checkKey } from "../keys.ts";
import { touchLoggedModel } from "./lock-logged-model.ts";
import { storeLoggedModelTags } from "./store-tags.ts";

/** Sets tags of a logged model. */
export async function setLoggedModelTags(ctx: Context, input: { modelId: string; tags: KeyValue[] }): Promise<void> {
  permit(ctx, "setLoggedModelTags");
  for (const [index, tag] of input.tags.entries()) checkKey(tag.key, `tags[${index}].key`);
  await transact(ctx, async (ctx) => {
    await touchLoggedModel(ctx, input.modelId);
    await storeLoggedModelTags(ctx, input.modelId, input.tags);
  });
}
