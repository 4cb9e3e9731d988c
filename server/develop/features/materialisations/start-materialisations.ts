import { and, asc, eq, inArray } from "drizzle-orm";
import { featureMaterialisations, featureViews } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findFeatureView, lockDefinitions } from "../definitions/lookups.ts";
import { FeatureError } from "../feature-error.ts";
import { databaseTime } from "../writes/hold-views.ts";
import { continuesAt } from "./continues-at.ts";
import { firstEventUs, type MaterialisationInput, StartMaterialisations } from "./contract.ts";
import { findInput, findReadSource, requireSourceScope } from "./find-input.ts";
import { emptyRange, eventTimeOf, requestMaterialisation } from "./start-materialisation.ts";

export interface StartedMaterialisations {
  /** All views that were named, also those of which nothing is left to do. */
  views: string[];
  ids: string[];
}

/**
 * Starts materialisations of several views, or none. Of a view whose rows only come by writes nothing is left to do.
 * @throws FeatureError "view-not-found"; "materialising" with the views that are under way; "source-not-read"
 */
export async function startMaterialisations(
  ctx: Context,
  input: StartMaterialisations,
): Promise<StartedMaterialisations> {
  permit(ctx, "startMaterialisation");
  const { views: names, from, to, restart, joins } = StartMaterialisations.parse(input);
  return transact(ctx, async (ctx) => {
    await lockDefinitions(ctx);
    const now = await databaseTime(ctx);
    const toEventAt = to === null ? now : eventTimeOf("to", to);
    if (from !== "last" && eventTimeOf("from", from) > toEventAt) throw emptyRange("from");
    const views = names === null ? await allViews(ctx) : [];
    for (const name of names ?? []) views.push(await findFeatureView(ctx, name));
    const ids: string[] = [];
    const underWay: string[] = [];
    for (const view of views) {
      const source = await findReadSource(ctx, view.source);
      if (!source) continue;
      requireSourceScope(ctx, source);
      const input = await findInput(ctx, source);
      const fromEventAt = from === "last" ? await afterLast(ctx, view, input, now) : eventTimeOf("from", from);
      // An increment that ends before the last one has nothing to read.
      if (fromEventAt > toEventAt) continue;
      const active = await activeOf(ctx, view.id);
      if (active && !restart) {
        if (joins && active.fromEventAt === fromEventAt && active.toEventAt === toEventAt) ids.push(active.id);
        else underWay.push(view.name);
        continue;
      }
      const request = { fromEventAt, toEventAt, input, trigger: "request", restart } as const;
      ids.push(await requestMaterialisation(ctx, view, request));
    }
    if (underWay.length > 0) {
      const message = `These feature views are already being materialised: ${underWay.join(", ")}.`;
      throw new FeatureError("conflict", "materialising", message, { views: underWay });
    }
    return { views: views.map(({ name }) => name), ids };
  });
}

type View = typeof featureViews.$inferSelect;

function allViews(ctx: Context): Promise<View[]> {
  return ctx.db
    .select()
    .from(featureViews)
    .where(eq(featureViews.workspaceId, ctx.actor.workspaceId))
    .orderBy(asc(featureViews.name));
}

async function afterLast(ctx: Context, view: View, input: MaterialisationInput, now: number): Promise<number> {
  return (await continuesAt(ctx, view, input)) ?? (view.ttlUs ? now - view.ttlUs : firstEventUs);
}

async function activeOf(ctx: Context, viewId: string) {
  const [row] = await ctx.db
    .select()
    .from(featureMaterialisations)
    .where(
      and(
        eq(featureMaterialisations.workspaceId, ctx.actor.workspaceId),
        eq(featureMaterialisations.viewId, viewId),
        inArray(featureMaterialisations.state, ["waiting", "running"]),
      ),
    );
  return row;
}
