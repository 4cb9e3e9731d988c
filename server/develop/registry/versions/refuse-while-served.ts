import type { SQL } from "drizzle-orm";
import { modelVersions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { noteLock } from "#server/base/lock-order.ts";
import { refuseWhileInRollout } from "#server/develop/registry/versions/refuse-while-rolling-out.ts";
import { servedVersions } from "./served-versions.ts";

/**
 * Locks versions against being deployed until the transaction ends, and refuses if one of them serves, is a step of a cascade, or takes part in a rollout.
 * @param where on columns of model_versions.
 * @throws DomainError "conflict" that names the endpoint.
 */
export async function refuseWhileServed(ctx: Context, where: SQL): Promise<void> {
  noteLock(ctx, "model version");
  // A deployment refers to its version, so it waits for this lock, or this for it.
  await ctx.db.select({ id: modelVersions.id }).from(modelVersions).where(where).for("update");
  const [served] = await servedVersions(ctx, where);
  if (!served) return refuseWhileInRollout(ctx, where);
  const { version, endpointName, isStep } = served;
  const why = isStep
    ? `is a cascade step of the endpoint "${endpointName}". Remove it from the cascade first.`
    : `is deployed to the endpoint "${endpointName}". Deploy another version first.`;
  throw new DomainError("conflict", `Version ${version} ${why}`);
}
