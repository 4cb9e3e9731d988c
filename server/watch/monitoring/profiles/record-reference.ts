import { eq } from "drizzle-orm";
import { modelVersions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { servedVersions } from "#server/develop/registry/versions/served-versions.ts";
import { publish } from "#server/platform/events/publish.ts";

/** Notifies the model's pages, watchers and gateways, which count by the reference, that another reference of a version is active. */
export async function recordReference(ctx: Context, version: { versionId: string; modelId: string }): Promise<void> {
  await publish(ctx, "model", version.modelId);
  await publish(ctx, "monitoring", version.versionId);
  const served = await servedVersions(ctx, eq(modelVersions.id, version.versionId));
  for (const { endpointId } of served) await publish(ctx, "routes", endpointId);
}
