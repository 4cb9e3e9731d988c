import { and, eq, sql } from "drizzle-orm";
import type { z } from "zod";
import { featureViews, featureViewVersions } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import {
  cutoffs,
  type Defined,
  DefineFeatureView,
  type FeatureView,
  type SchemaChange,
  stalePolicies,
  type ViewEntity,
  type ViewSource,
} from "../contract.ts";
import { checkViewExpressions, referencesOf } from "../expressions/view-expressions.ts";
import { FeatureError } from "../feature-error.ts";
import { inputFeature } from "../look-up/plan-look-up.ts";
import { requireReadScope } from "../materialisations/find-input.ts";
import { compareJoinKeys } from "../rows/entity-key.ts";
import { waitForWriters } from "../writes/hold-views.ts";
import { checkViewSchema, type ViewSchema } from "./check-view-schema.ts";
import { compareVersions } from "./compare-versions.ts";
import { commonColumns, differsInPlace, digestOfSpec } from "./define-row.ts";
import { loadDefinitions } from "./definitions.ts";
import { historyDaysOf } from "./history-days.ts";
import { findEntity, findSource, lockDefinitions } from "./lookups.ts";
import { toSource, toVersion, toView } from "./shapes.ts";
import { refuseWhileLookedUp, refuseWhileUsed } from "./users-of-view.ts";

type ViewRow = typeof featureViews.$inferSelect;
type VersionRow = typeof featureViewVersions.$inferSelect;

/** A definition that was checked, with what it refers to. */
interface Definition {
  name: string;
  schema: ViewSchema;
  source: ViewSource | undefined;
  /** Columns of the view that may change in place. */
  columns: ReturnType<typeof inPlaceColumns>;
  digest: string;
  force: string | undefined;
}

/**
 * Creates a view or changes it. What rows and training sets depend on (names, types, keys, rules, expressions, source) is in versions, which
 * never change: another such spec makes a new version. The rest changes in place, and the same definition changes nothing. A view whose keys
 * change begins without rows.
 * @throws FeatureError "in-use" if something uses a feature that would be removed or retyped, or a view that would be offline; "entity-not-found",
 *   "source-not-found", "other"; DomainError "forbidden" for a token that may not read what the rows are read from
 */
export async function defineFeatureView(ctx: Context, input: DefineFeatureView): Promise<Defined<FeatureView>> {
  permit(ctx, "defineFeatureView");
  const parsed = DefineFeatureView.parse(input);
  return transact(ctx, async (ctx) => {
    await lockDefinitions(ctx);
    const definition = await checkDefinition(ctx, parsed);
    const before = await findDefined(ctx, definition.name);
    const isNew = before?.version.digest !== definition.digest;
    if (isNew && definition.source) await requireReadScope(ctx, definition.source);
    if (!before) return create(ctx, definition);
    if (isNew) return addVersion(ctx, before, definition);
    return changeInPlace(ctx, before, definition);
  });
}

/** Checks a definition against what it refers to. @throws as defineFeatureView, besides "in-use" */
export async function checkDefinition(ctx: Context, parsed: z.output<typeof DefineFeatureView>): Promise<Definition> {
  const source = parsed.source === null ? undefined : toSource(await findSource(ctx, parsed.source));
  const schema = {
    entities: await findEntities(ctx, parsed.entities),
    features: parsed.features,
    expressions: parsed.expressions,
    requestInputs: parsed.requestInputs,
  };
  checkViewSchema(schema, source);
  historyDaysOf(parsed);
  await checkExpressions(ctx, schema);
  const digest = digestOfSpec({ ...schema, source: parsed.source });
  return { name: parsed.name, schema, source, columns: inPlaceColumns(parsed), digest, force: parsed.force };
}

/** Definitions of other views are only read if an expression names one. */
async function checkExpressions(ctx: Context, schema: ViewSchema): Promise<void> {
  if (schema.expressions.length === 0) return;
  const hasInputs = referencesOf(schema.expressions).length > 0;
  const definitions = hasInputs ? await loadDefinitions(ctx.db, ctx.actor.workspaceId) : undefined;
  checkViewExpressions(schema, (reference) => {
    if (!definitions) throw new Error("A reference to another view was overlooked.");
    return inputFeature(definitions, reference).column.type;
  });
}

async function create(ctx: Context, { name, schema, source, columns, digest }: Definition) {
  const { workspaceId, name: createdBy } = ctx.actor;
  const [view] = await ctx.db
    .insert(featureViews)
    .values({ ...columns, name, digest, workspaceId, createdBy, currentVersion: 1 })
    .returning();
  if (!view) throw new Error("The view was not written.");
  const version = await insertVersion(ctx, view.id, { ...schema, digest, version: 1, reason: undefined });
  await record(ctx, "feature-view.created", { subject: `feature-view/${name}`, after: { version: 1, ...shown(view) } });
  await publish(ctx, "features", name);
  return { definition: toView(view, toVersion(version), source), outcome: "created" as const };
}

async function changeInPlace(
  ctx: Context,
  before: { view: ViewRow; version: VersionRow },
  { name, source, columns, force }: Definition,
) {
  const version = toVersion(before.version);
  if (!differsInPlace(before.view, columns)) {
    return { definition: toView(before.view, version, source), outcome: "unchanged" as const };
  }
  await refuseOffline(ctx, before.view, columns, force);
  const view = await update(ctx, before.view, columns);
  await record(ctx, "feature-view.changed", {
    subject: `feature-view/${name}`,
    before: shown(before.view),
    after: shown(view),
    reason: force,
  });
  await publish(ctx, "features", name);
  return { definition: toView(view, version, source), outcome: "changed" as const };
}

async function addVersion(
  ctx: Context,
  before: { view: ViewRow; version: VersionRow },
  { name, schema, source, columns, digest, force }: Definition,
) {
  const change = compareVersions(before.version, schema);
  await refuseBreaking(ctx, before.view, change, force);
  await refuseOffline(ctx, before.view, columns, force);
  const number = before.view.currentVersion + 1;
  const version = await insertVersion(ctx, before.view.id, { ...schema, digest, version: number, reason: force });
  // Rows of other keys cannot be found any more; under another number nothing takes them for rows of these keys.
  if (change.hasOtherKeys) await waitForWriters(ctx);
  const other = change.hasOtherKeys ? { number: sql`default`, materialisedUntil: null } : {};
  const view = await update(ctx, before.view, { ...columns, digest, currentVersion: number, ...other });
  await record(ctx, "feature-view.version-created", {
    subject: `feature-view/${name}`,
    before: { version: before.view.currentVersion, ...shown(before.view) },
    after: { version: number, ...change, ...shown(view) },
    reason: force,
  });
  await publish(ctx, "features", name);
  return { definition: toView(view, toVersion(version), source), outcome: "new-version" as const };
}

async function refuseBreaking(ctx: Context, view: ViewRow, change: SchemaChange, force: string | undefined) {
  if (change.hasOtherKeys) {
    await refuseWhileUsed(ctx, view, { what: `Changing the keys of "${view.name}"`, force });
  }
  const retyped = change.retyped.map(({ name }) => name);
  const parts = [
    ...(change.removed.length > 0 ? [`Removing ${quoted(change.removed)}`] : []),
    ...(retyped.length > 0 ? [`Retyping ${quoted(retyped)}`] : []),
  ];
  if (parts.length === 0) return;
  await refuseWhileUsed(ctx, view, {
    features: [...change.removed, ...retyped],
    what: `${parts.join(" and ")} of "${view.name}"`,
    force,
  });
}

/** Look-ups in a view that is offline find nothing. */
async function refuseOffline(
  ctx: Context,
  view: ViewRow,
  { isOnline }: Pick<ViewRow, "isOnline">,
  force: string | undefined,
) {
  if (!view.isOnline || isOnline) return;
  await refuseWhileLookedUp(ctx, view, { what: `Setting "${view.name}" offline`, force });
}

const quoted = (names: readonly string[]) => names.map((name) => `"${name}"`).join(", ");

/** Returns the row of a view with that of its current version; undefined if there is none. */
export async function findDefined(ctx: Context, name: string) {
  const [before] = await ctx.db
    .select({ view: featureViews, version: featureViewVersions })
    .from(featureViews)
    .innerJoin(
      featureViewVersions,
      and(
        eq(featureViewVersions.viewId, featureViews.id),
        eq(featureViewVersions.version, featureViews.currentVersion),
      ),
    )
    .where(and(eq(featureViews.workspaceId, ctx.actor.workspaceId), eq(featureViews.name, name)));
  return before;
}

async function findEntities(ctx: Context, names: readonly string[]): Promise<ViewEntity[]> {
  const entities: ViewEntity[] = [];
  for (const name of names) {
    const { joinKey, type } = await findEntity(ctx, name);
    entities.push({ name, joinKey, type });
  }
  return entities.sort((a, b) => compareJoinKeys(a.joinKey, b.joinKey));
}

function inPlaceColumns(parsed: z.output<typeof DefineFeatureView>) {
  return {
    ...commonColumns(parsed),
    // Zero and none are the same for Feast.
    ttlUs: parsed.ttlUs === 0 ? null : parsed.ttlUs,
    stale: parsed.stale ?? tagged(parsed.tags, "leeway.stale", stalePolicies, "null"),
    cutoff: parsed.cutoff ?? tagged(parsed.tags, "leeway.cutoff", cutoffs, "created"),
    source: parsed.source,
    isOnline: parsed.isOnline,
  };
}

/** Reads a policy from a tag, by which it travels through Feast's registry. */
function tagged<Value extends string>(
  tags: Record<string, string>,
  tag: string,
  values: readonly Value[],
  otherwise: Value,
): Value {
  const given = tags[tag];
  if (given === undefined) return otherwise;
  const value = values.find((known) => known === given);
  if (value !== undefined) return value;
  throw new FeatureError("invalid", "other", `The tag "${tag}" must be ${values.join(" or ")}, not "${given}".`);
}

function shown({ ttlUs, stale, cutoff, source, owner, tags, isOnline }: ViewRow) {
  return { ttlUs, stale, cutoff, source, owner, tags, isOnline };
}

async function update(ctx: Context, { id }: ViewRow, columns: object): Promise<ViewRow> {
  const [view] = await ctx.db
    .update(featureViews)
    .set({ ...columns, updatedAt: new Date() })
    .where(and(eq(featureViews.workspaceId, ctx.actor.workspaceId), eq(featureViews.id, id)))
    .returning();
  if (!view) throw new Error("The view was not changed.");
  return view;
}

async function insertVersion(
  ctx: Context,
  viewId: string,
  version: ViewSchema & { digest: string; version: number; reason: string | undefined },
): Promise<VersionRow> {
  const { workspaceId, name: createdBy } = ctx.actor;
  const [row] = await ctx.db
    .insert(featureViewVersions)
    .values({ ...version, reason: version.reason ?? null, viewId, workspaceId, createdBy })
    .returning();
  if (!row) throw new Error("The version was not written.");
  return row;
}
