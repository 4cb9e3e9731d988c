import { and, eq, inArray } from "drizzle-orm";
import { featureUses } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { type Definitions, loadDefinitions } from "../definitions/definitions.ts";
import { featuresOf } from "../definitions/view-features.ts";
import { neededAtLookUp, referencesOf } from "../expressions/view-expressions.ts";
import type { PinnedFeatures } from "./contract.ts";
import { isRead } from "./pin-features.ts";
import { pinnedVersion } from "./plan-pinned.ts";
import { referredFeature } from "./referred-feature.ts";

/** What uses features. */
export interface FeatureUser {
  kind: "model-version" | "endpoint";
  id: string;
  /** For people, such as "churn v3". */
  name: string;
}

/** Use of a version of a view. */
interface Use {
  viewId: string;
  version: number;
  features: Set<string>;
}

/** Records all that somebody uses, in the caller's transaction, in place of what was recorded before. */
export async function noteFeatureUses(
  ctx: Context,
  { kind, id, name }: FeatureUser,
  pinned: readonly PinnedFeatures[],
): Promise<void> {
  const { workspaceId } = ctx.actor;
  await deleteFeatureUses(ctx, kind, [id]);
  if (pinned.length === 0) return;
  const definitions = await loadDefinitions(ctx.db, workspaceId);
  const uses = usesOf(definitions, pinned).map(({ viewId, version, features }) => {
    return { workspaceId, viewId, version, userKind: kind, userId: id, userName: name, features: [...features].sort() };
  });
  if (uses.length > 0) await ctx.db.insert(featureUses).values(uses);
}

/** Removes what was recorded of users that are deleted or no longer use anything. */
export async function deleteFeatureUses(
  ctx: Context,
  kind: FeatureUser["kind"],
  ids: readonly string[],
): Promise<void> {
  if (ids.length === 0) return;
  await ctx.db
    .delete(featureUses)
    .where(
      and(
        eq(featureUses.workspaceId, ctx.actor.workspaceId),
        eq(featureUses.userKind, kind),
        inArray(featureUses.userId, [...ids]),
      ),
    );
}

/** Returns the versions of views with the features that are looked up, and those that their expressions read. */
function usesOf(definitions: Definitions, pinned: readonly PinnedFeatures[]): Use[] {
  const uses = new Map<string, Use>();
  const add = (viewId: string, version: number, features: readonly string[]) => {
    const id = `${viewId} ${version}`;
    const use = uses.get(id) ?? { viewId, version, features: new Set() };
    uses.set(id, use);
    for (const feature of features) use.features.add(feature);
  };
  for (const one of pinned.flatMap(({ views }) => views)) {
    const found = pinnedVersion(definitions, one);
    if (!found) continue;
    const { view, version } = found;
    const names = one.features.map(({ feature }) => feature);
    const needed = neededAtLookUp(version, names);
    const read = featuresOf(version).filter(({ name }) => isRead(name, needed));
    add(view.id, version.version, [...names, ...read.map(({ name }) => name)]);
    for (const reference of referencesOf(needed)) {
      const other = referredFeature(definitions, reference);
      if (other) add(other.view.id, other.version.version, [other.feature]);
    }
  }
  return [...uses.values()];
}
