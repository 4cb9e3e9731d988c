import { and, eq } from "drizzle-orm";
import { featureServices } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type Defined, DefineFeatureService, type FeatureService, type Projection } from "../contract.ts";
import { FeatureError, noFeatureView } from "../feature-error.ts";
import { commonColumns, differsInPlace, digestOfSpec } from "./define-row.ts";
import { loadDefinitions } from "./definitions.ts";
import { findPythonViews } from "./find-python-views.ts";
import { lockDefinitions } from "./lookups.ts";
import { toService } from "./shapes.ts";
import { featuresOf } from "./view-features.ts";

/**
 * Creates a feature service, or changes it in place; the same definition changes nothing.
 * @throws FeatureError "view-not-found", "feature-not-present", "invalid" for an unknown version or join key
 */
export async function defineFeatureService(
  ctx: Context,
  input: DefineFeatureService,
): Promise<Defined<FeatureService>> {
  permit(ctx, "defineFeatureService");
  const parsed = DefineFeatureService.parse(input);
  const { name, projections } = parsed;
  const columns = { ...commonColumns(parsed), projections, digest: digestOfSpec({ name, projections }) };
  return transact(ctx, async (ctx) => {
    const { workspaceId, name: createdBy } = ctx.actor;
    await lockDefinitions(ctx);
    await checkProjections(ctx, projections);
    const ofName = and(eq(featureServices.workspaceId, workspaceId), eq(featureServices.name, name));
    const [before] = await ctx.db.select().from(featureServices).where(ofName);
    if (before && !differsInPlace(before, columns)) return { definition: toService(before), outcome: "unchanged" };
    const [after] = before
      ? await ctx.db
          .update(featureServices)
          .set({ ...columns, updatedAt: new Date() })
          .where(ofName)
          .returning()
      : await ctx.db
          .insert(featureServices)
          .values({ ...columns, name, workspaceId, createdBy })
          .returning();
    if (!after) throw new Error("The service was not written.");
    await record(ctx, before ? "feature-service.changed" : "feature-service.created", {
      subject: `feature-service/${name}`,
      before: before && { projections: before.projections },
      after: { projections },
    });
    await publish(ctx, "features", name);
    return { definition: toService(after), outcome: before ? "changed" : "created" };
  });
}

async function checkProjections(ctx: Context, projections: readonly Projection[]): Promise<void> {
  const { views } = await loadDefinitions(ctx.db, ctx.actor.workspaceId);
  const pythonViews = await findPythonViews(
    ctx,
    projections.map(({ view }) => view),
  );
  for (const { view: name, version, features, joinKeys } of projections) {
    const view = views.get(name);
    // Feast's clients compute these themselves. A look-up of one says why it fails.
    if (!view && pythonViews.has(name)) continue;
    if (!view) throw noFeatureView(name);
    const found = version === null ? view.current : view.versions.get(version);
    if (!found) throw new FeatureError("invalid", "other", `View "${name}" has no version ${version}.`);
    const known = new Set(featuresOf(found).map((feature) => feature.name));
    const unknown = features.find((feature) => !known.has(feature));
    if (unknown !== undefined) {
      const message = `View "${name}" has no feature "${unknown}". It has ${[...known].join(", ")}.`;
      throw new FeatureError("invalid", "feature-not-present", message);
    }
    const joins = new Set(found.entities.map(({ joinKey }) => joinKey));
    const foreign = Object.keys(joinKeys).find((joinKey) => !joins.has(joinKey));
    if (foreign !== undefined) {
      throw new FeatureError("invalid", "other", `View "${name}" has no join key "${foreign}".`);
    }
  }
}
