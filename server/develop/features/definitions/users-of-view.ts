import { and, asc, eq, inArray } from "drizzle-orm";
import { featureUses } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { FeatureError } from "../feature-error.ts";

const maxNamed = 10;

/**
 * Refuses a change that breaks what serves, unless there is a reason to force it.
 * @param features those that are removed or retyped; undefined for the whole view
 * @throws FeatureError "in-use" with the names of model versions and endpoints
 */
export async function refuseWhileUsed(
  ctx: Context,
  view: { id: string; name: string },
  { features, what, force }: { features?: readonly string[]; what: string; force: string | undefined },
): Promise<void> {
  if (force !== undefined) return;
  const users = await ctx.db
    .select({ kind: featureUses.userKind, name: featureUses.userName, features: featureUses.features })
    .from(featureUses)
    .where(
      and(
        eq(featureUses.workspaceId, ctx.actor.workspaceId),
        eq(featureUses.viewId, view.id),
        inArray(featureUses.userKind, ["model-version", "endpoint"]),
      ),
    )
    .orderBy(asc(featureUses.userKind), asc(featureUses.userName));
  const broken = users.filter((user) => !features || features.some((feature) => user.features.includes(feature)));
  const names = [...new Set(broken.map(({ kind, name }) => `${kind === "endpoint" ? "endpoint" : "version"} ${name}`))];
  if (names.length === 0) return;
  const shown = names.slice(0, maxNamed).join(", ");
  const more = names.length > maxNamed ? ` and ${names.length - maxNamed} more` : "";
  throw new FeatureError(
    "conflict",
    "in-use",
    `${what} would break ${shown}${more}. Change these first, or force it with a reason.`,
  );
}
