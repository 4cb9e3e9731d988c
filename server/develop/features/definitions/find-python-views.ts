import { and, eq, inArray } from "drizzle-orm";
import { featureRegistryObjects } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";

/** Returns those of some names that are on-demand views of a Feast client. Their bodies are Python, which Leeway only stores. */
export async function findPythonViews(ctx: Context, names: readonly string[]): Promise<ReadonlySet<string>> {
  if (names.length === 0) return new Set();
  const found = await ctx.db
    .select({ name: featureRegistryObjects.name })
    .from(featureRegistryObjects)
    .where(
      and(
        eq(featureRegistryObjects.workspaceId, ctx.actor.workspaceId),
        eq(featureRegistryObjects.kind, "on-demand-view"),
        inArray(featureRegistryObjects.name, [...names]),
      ),
    );
  return new Set(found.map(({ name }) => name));
}
