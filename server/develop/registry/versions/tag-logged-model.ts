import { and, eq } from "drizzle-orm";
import { loggedModelTags } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { touchLoggedModel } from "#server/develop/tracking/models/lock-logged-model.ts";
import { storeLoggedModelTags } from "#server/develop/tracking/models/store-tags.ts";
import { withVersion } from "./versions-tag.ts";

/** MLflow's list, on a logged model, of the versions that were made of it. */
const versionsTag = "mlflow.modelVersions";

/** Writes on a logged model that a version was made of it, in the caller's transaction. @throws DomainError "not-found" */
export async function tagLoggedModel(
  ctx: Context,
  loggedModelId: string,
  made: { name: string; version: number },
): Promise<void> {
  // Locks the model, so that of two registrations at once neither is lost.
  await touchLoggedModel(ctx, loggedModelId);
  const [tag] = await ctx.db
    .select({ value: loggedModelTags.value })
    .from(loggedModelTags)
    .where(and(eq(loggedModelTags.modelId, loggedModelId), eq(loggedModelTags.key, versionsTag)));
  await storeLoggedModelTags(ctx, loggedModelId, [{ key: versionsTag, value: withVersion(tag?.value, made) }]);
}
