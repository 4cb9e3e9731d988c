import { and, asc, desc, eq, inArray, sql } from "drizzle-orm";
import { datasetVersions, endpoints, featureUses, modelVersions, registeredModels } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { ViewSource } from "#server/develop/features/contract.ts";
import {
  type DefinedView,
  type Definitions,
  loadDefinitions,
} from "#server/develop/features/definitions/definitions.ts";
import { featuresOf } from "#server/develop/features/definitions/view-features.ts";
import { referencesOf } from "#server/develop/features/expressions/view-expressions.ts";
import { noFeatureView } from "#server/develop/features/feature-error.ts";
import { isUser, usesBy } from "#server/develop/features/uses/uses-of-view.ts";
import { servedVersions } from "#server/develop/registry/versions/served-versions.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { LineageSource, LinkedView, ListLinkedViews, ViewLineage } from "./contract.ts";

const maxTrainingSets = 100;

/** Returns what a feature view is made from and what uses it. @throws FeatureError "view-not-found" */
export async function getViewLineage(ctx: Context, name: string): Promise<ViewLineage> {
  permit(ctx, "getViewLineage");
  const definitions = await loadDefinitions(ctx.db, ctx.actor.workspaceId);
  const view = definitions.views.get(name);
  if (!view) throw noFeatureView(name);
  const versions = await versionsWith(ctx, view.id);
  return {
    sources: sourcesOf(definitions, view.source),
    inputs: [...new Set(referencesOf(view.current.expressions).map(viewOfReference))].sort(),
    readers: readersOf(definitions, name),
    services: servicesOf(definitions, view),
    versions: versions.map(({ id, model, version, viewVersion, features }) => {
      return { id, model, version, viewVersion, features };
    }),
    endpoints: await endpointsWith(ctx, view.id, versions),
    trainingSets: await trainingSetsWith(ctx, view.id),
  };
}

/** Lists views that read a dataset or that something uses, by name. */
export async function listLinkedViews(ctx: Context, { kind, id }: ListLinkedViews): Promise<LinkedView[]> {
  permit(ctx, "listLinkedViews");
  const definitions = await loadDefinitions(ctx.db, ctx.actor.workspaceId);
  const nameOf = new Map([...definitions.views.values()].map((view) => [view.id, view.name]));
  const uses = kind === "dataset" ? await usesOfDataset(ctx, id) : await usesOf(ctx, kind, id);
  const used = uses.flatMap(({ viewId, features, through }): LinkedView[] => {
    const view = nameOf.get(viewId);
    return view === undefined ? [] : [{ view, isFrom: false, features: [...features].sort(), through }];
  });
  const reading = kind === "dataset" ? viewsFrom(definitions, id) : [];
  const from = reading.map((view): LinkedView => ({ view, isFrom: true, features: [], through: null }));
  return [...from, ...used].sort(
    (a, b) => compareNames(a.view, b.view) || compareNames(a.through ?? "", b.through ?? ""),
  );
}

const compareNames = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const viewOfReference = (reference: string) => reference.split(/[@:]/, 1)[0] ?? "";

/** The source of a view, and the one that holds the history of a push source. */
function sourcesOf({ sources }: Definitions, name: string | null): LineageSource[] {
  const found: LineageSource[] = [];
  const seen = new Set<string>();
  for (let next = name; next !== null && !seen.has(next); ) {
    seen.add(next);
    const source = sources.get(next);
    if (!source) break;
    found.push({ name: source.name, kind: source.kind, dataset: datasetOf(source) });
    next = source.options.batchSource;
  }
  return found;
}

function datasetOf({ kind, options }: ViewSource): LineageSource["dataset"] {
  if (kind === "dataset" && options.dataset !== null) return { name: options.dataset, digest: null };
  const [, name, digest] = /^dataset:([^@]+)(?:@(.+))?$/.exec(options.path ?? "") ?? [];
  return kind === "file" && name !== undefined ? { name, digest: digest ?? null } : null;
}

/** Names of the views whose rows come from a dataset. */
function viewsFrom(definitions: Definitions, dataset: string): string[] {
  return [...definitions.views.values()]
    .filter(({ source }) => sourcesOf(definitions, source).some((one) => one.dataset?.name === dataset))
    .map(({ name }) => name);
}

function readersOf({ views }: Definitions, name: string): ViewLineage["readers"] {
  return [...views.values()]
    .filter((reader) => reader.name !== name)
    .flatMap((reader) => {
      const read = referencesOf(reader.current.expressions).filter((reference) => viewOfReference(reference) === name);
      const features = read.map((reference) => reference.slice(reference.lastIndexOf(":") + 1));
      return features.length === 0 ? [] : [{ name: reader.name, features: [...new Set(features)].sort() }];
    })
    .sort((a, b) => compareNames(a.name, b.name));
}

function servicesOf({ services }: Definitions, { name, current }: DefinedView): ViewLineage["services"] {
  const all = featuresOf(current).map((feature) => feature.name);
  return [...services.values()]
    .flatMap((service) => {
      const own = service.projections.filter(({ view }) => view === name);
      const features = own.flatMap((projection) => (projection.features.length > 0 ? projection.features : all));
      return own.length === 0 ? [] : [{ name: service.name, features: [...new Set(features)].sort() }];
    })
    .sort((a, b) => compareNames(a.name, b.name));
}

async function versionsWith(ctx: Context, viewId: string) {
  return ctx.db
    .select({
      id: modelVersions.id,
      model: registeredModels.name,
      version: modelVersions.version,
      viewVersion: featureUses.version,
      features: featureUses.features,
    })
    .from(featureUses)
    .innerJoin(modelVersions, isUser(ctx, modelVersions))
    .innerJoin(registeredModels, eq(registeredModels.id, modelVersions.modelId))
    .where(usesBy(ctx, "model-version", viewId))
    .orderBy(asc(registeredModels.name), desc(modelVersions.version));
}

/** Endpoints that serve a version with features of the view, and those that are recorded themselves. */
async function endpointsWith(
  ctx: Context,
  viewId: string,
  versions: readonly { id: string; features: string[] }[],
): Promise<ViewLineage["endpoints"]> {
  const ids = versions.map(({ id }) => id);
  const served = ids.length === 0 ? [] : await servedVersions(ctx, inArray(modelVersions.id, ids));
  const recorded = await ctx.db
    .select({ id: endpoints.id, name: endpoints.name, features: featureUses.features })
    .from(featureUses)
    .innerJoin(endpoints, isUser(ctx, endpoints))
    .where(usesBy(ctx, "endpoint", viewId));
  const features = new Map<string, { id: string; name: string; features: Set<string> }>();
  const add = (id: string, name: string, used: readonly string[]) => {
    const known = features.get(id) ?? { id, name, features: new Set<string>() };
    for (const feature of used) known.features.add(feature);
    features.set(id, known);
  };
  for (const { id, name, features: used } of recorded) add(id, name, used);
  for (const { endpointId, endpointName, versionId } of served) {
    add(
      endpointId,
      endpointName,
      versions.filter(({ id }) => id === versionId).flatMap((version) => version.features),
    );
  }
  return [...features.values()]
    .map(({ id, name, features: used }) => ({ id, name, features: [...used].sort() }))
    .sort((a, b) => compareNames(a.name, b.name));
}

function trainingSetsWith(ctx: Context, viewId: string): Promise<ViewLineage["trainingSets"]> {
  return ctx.db
    .select({
      dataset: datasetVersions.name,
      digest: datasetVersions.digest,
      viewVersion: featureUses.version,
      features: featureUses.features,
      createdAt: datasetVersions.createdAt,
    })
    .from(featureUses)
    .innerJoin(datasetVersions, isUser(ctx, datasetVersions))
    .where(usesBy(ctx, "dataset-version", viewId))
    .orderBy(desc(datasetVersions.createdAt))
    .limit(maxTrainingSets);
}

interface Use {
  viewId: string;
  features: string[];
  through: string | null;
}

/** Uses by versions of a dataset, which were made from features. */
function usesOfDataset(ctx: Context, dataset: string): Promise<Use[]> {
  return ctx.db
    .select({ viewId: featureUses.viewId, features: featureUses.features, through: datasetVersions.digest })
    .from(featureUses)
    .innerJoin(datasetVersions, isUser(ctx, datasetVersions))
    .where(and(usesBy(ctx, "dataset-version"), eq(datasetVersions.name, dataset)))
    .orderBy(desc(datasetVersions.createdAt))
    .limit(maxTrainingSets);
}

/** Uses by a model version; by an endpoint, also those of the versions that it serves. */
async function usesOf(ctx: Context, kind: "model-version" | "endpoint", id: string): Promise<Use[]> {
  const served = kind === "endpoint" ? await servedVersions(ctx, sql`true`) : [];
  const versions = new Set(served.filter(({ endpointId }) => endpointId === id).map(({ versionId }) => versionId));
  const rows = await ctx.db
    .select()
    .from(featureUses)
    .where(
      and(
        eq(featureUses.workspaceId, ctx.actor.workspaceId),
        inArray(featureUses.userKind, ["model-version", "endpoint"]),
        inArray(featureUses.userId, [id, ...versions]),
      ),
    );
  return rows.map(({ viewId, features, userId, userName }) => {
    return { viewId, features, through: userId === id ? null : userName };
  });
}
