import { and, asc, eq, inArray } from "drizzle-orm";
import { featureUses } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { referencesOf } from "../expressions/view-expressions.ts";
import { FeatureError } from "../feature-error.ts";
import { type Definitions, loadDefinitions } from "./definitions.ts";
import { featuresOf } from "./view-features.ts";

const maxNamed = 10;

/**
 * Refuses a change that breaks what uses a view, unless there is a reason to force it.
 * @param features those that are removed or retyped; undefined for the whole view
 * @throws FeatureError "in-use" with the names of what uses it: model versions, endpoints, feature services, and other views by their expressions
 */
export async function refuseWhileUsed(
  ctx: Context,
  view: { id: string; name: string },
  { features, what, force }: { features?: readonly string[]; what: string; force: string | undefined },
): Promise<void> {
  if (force === undefined) refuseBreaking(what, await findBroken(ctx, view, features));
}

/**
 * Refuses to end look-ups in a view while model versions or endpoints use it, unless there is a reason to force it. Services and expressions of
 * other views go on with its history.
 * @throws FeatureError "in-use"
 */
export async function refuseWhileLookedUp(
  ctx: Context,
  view: { id: string },
  { what, force }: { what: string; force: string | undefined },
): Promise<void> {
  if (force === undefined) refuseBreaking(what, await findLookingUp(ctx, view));
}

function refuseBreaking(what: string, names: readonly string[]): void {
  if (names.length === 0) return;
  const shown = names.slice(0, maxNamed).join(", ");
  const more = names.length > maxNamed ? ` and ${names.length - maxNamed} more` : "";
  throw new FeatureError(
    "conflict",
    "in-use",
    `${what} would break ${shown}${more}. Change these first, or force it with a reason.`,
  );
}

/**
 * Names what uses features of a view, as people call it: model versions, endpoints, feature services, and other views by their expressions.
 * @param features undefined for the whole view
 */
export async function findBroken(
  ctx: Context,
  view: { id: string; name: string },
  features: readonly string[] | undefined,
): Promise<string[]> {
  const isBroken = (used: readonly string[]) => !features || features.some((feature) => used.includes(feature));
  const users = [...(await recordedUsers(ctx, view.id)), ...definedUsers(await definitionsOf(ctx), view.name)];
  return [...new Set(users.flatMap(({ name, used }) => (isBroken(used) ? [name] : [])))];
}

/** Names the model versions and endpoints that use a view, as people call them. */
export async function findLookingUp(ctx: Context, view: { id: string }): Promise<string[]> {
  const users = await recordedUsers(ctx, view.id);
  return [...new Set(users.map(({ name }) => name))];
}

/** What uses a view, as people call it, and the features that it uses. */
interface User {
  name: string;
  used: readonly string[];
}

async function recordedUsers(ctx: Context, viewId: string): Promise<User[]> {
  const users = await ctx.db
    .select({ kind: featureUses.userKind, name: featureUses.userName, used: featureUses.features })
    .from(featureUses)
    .where(
      and(
        eq(featureUses.workspaceId, ctx.actor.workspaceId),
        eq(featureUses.viewId, viewId),
        inArray(featureUses.userKind, ["model-version", "endpoint"]),
      ),
    )
    .orderBy(asc(featureUses.userKind), asc(featureUses.userName));
  return users.map(({ kind, name, used }) => ({
    name: `${kind === "endpoint" ? "endpoint" : "version"} ${name}`,
    used,
  }));
}

const definitionsOf = (ctx: Context) => loadDefinitions(ctx.db, ctx.actor.workspaceId);

/** Services that project the view, and other views whose current expressions read it. */
function definedUsers({ services, views }: Definitions, viewName: string): User[] {
  const all = featuresOf(views.get(viewName)?.current ?? { features: [], expressions: [] }).map(({ name }) => name);
  const ofServices = [...services.values()].flatMap(({ name, projections }) =>
    projections
      .filter(({ view }) => view === viewName)
      .map(({ features }) => ({ name: `feature service ${name}`, used: features.length > 0 ? features : all })),
  );
  const ofViews = [...views.values()].flatMap(({ name, current }) => {
    const read = referencesOf(current.expressions).filter((reference) => reference.split(/[@:]/, 1)[0] === viewName);
    const used = read.map((reference) => reference.slice(reference.lastIndexOf(":") + 1));
    return name === viewName || used.length === 0 ? [] : [{ name: `feature view ${name}`, used }];
  });
  return [...ofServices, ...ofViews].sort((a, b) => (a.name < b.name ? -1 : 1));
}
