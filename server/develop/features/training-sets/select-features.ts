import type { Projection, ViewVersion } from "../contract.ts";
import type { DefinedView, Definitions } from "../definitions/definitions.ts";
import { featuresOf } from "../definitions/view-features.ts";
import { neededAtLookUp, referencesOf } from "../expressions/view-expressions.ts";
import { FeatureError, noFeatureView, noService } from "../feature-error.ts";
import { inputFeature } from "../look-up/plan-look-up.ts";
import type { Cutoff } from "../offline/join/plan-join.ts";
import type { PinnedView, TrainingSetRequest } from "./contract.ts";
import { requireHistory } from "./require-history.ts";

/** Features of one view as they are asked for. */
export interface FeatureSelection {
  view: string;
  /** Null: the current version. */
  version: number | null;
  /** Takes the view's place in full names. */
  alias: string | null;
  /** Column of the rows by join key, where the names differ. */
  joinKeys: Readonly<Record<string, string>>;
  /** Empty: all. */
  features: readonly string[];
}

type Selected = Pick<TrainingSetRequest, "views" | "features" | "inputs">;

/**
 * Pins what is asked for to versions of views.
 * @param cutoff for all views; undefined: what each says
 * @throws FeatureError for views and features that do not exist, or cannot be joined
 */
export function pinSelections(
  definitions: Definitions,
  selections: readonly FeatureSelection[],
  cutoff: Cutoff | undefined,
): Selected {
  const views: PinnedView[] = [];
  const features: Selected["features"] = [];
  const inputs: Selected["inputs"] = [];
  const pin = (view: DefinedView, version: ViewVersion, { name, joinKeys }: Pick<PinnedView, "name" | "joinKeys">) => {
    const pinned: PinnedView = {
      view: view.name,
      viewId: view.id,
      number: view.number,
      version: version.version,
      name,
      joinKeys,
      ttlUs: view.ttlUs,
      cutoff: cutoff ?? view.cutoff,
      hasCreatedTime: view.createdTimeColumn !== null,
    };
    const same = views.findIndex((each) => JSON.stringify(each) === JSON.stringify(pinned));
    return same === -1 ? views.push(pinned) - 1 : same;
  };
  const references = new Set<string>();
  for (const { view: viewName, version: number, alias, joinKeys, features: named } of selections) {
    const view = definitions.views.get(viewName);
    if (!view) throw noFeatureView(viewName);
    const version = versionOf(view, number);
    const index = pin(view, version, { name: alias ?? view.name, joinKeys: { ...joinKeys } });
    const all = featuresOf(version).map(({ name }) => name);
    const chosen = named.length > 0 ? named : all;
    for (const feature of chosen) {
      if (!all.includes(feature)) throw noFeature(view, version, feature);
      features.push({ view: index, feature });
    }
    for (const reference of referencesOf(neededAtLookUp(version, chosen))) references.add(reference);
  }
  // As a look-up reads them: of the version that the reference names, by the join keys' own names.
  for (const reference of references) {
    const { view, column } = inputFeature(definitions, reference);
    requireHistory(view.view, view.version.version);
    const index = pin(view.view, view.version, { name: view.view.name, joinKeys: {} });
    inputs.push({ reference, view: index, feature: column.feature });
  }
  return { views, features, inputs };
}

/** Reads references such as "view:feature" and "view@v2:feature". @throws FeatureError for one of another form */
export function selectionsOfReferences(references: readonly string[]): FeatureSelection[] {
  return references.map((reference) => {
    const [, view, version, feature] = /^([^:@]+)(?:@(latest|v\d+))?:([^:@]+)$/.exec(reference) ?? [];
    if (view === undefined || feature === undefined) {
      const message = `"${reference}" is not a feature reference. Use "view:feature" or "view@v2:feature".`;
      throw new FeatureError("invalid", "feature-not-present", message);
    }
    const number = version?.startsWith("v") ? Number(version.slice(1)) : null;
    return { view, version: number, alias: null, joinKeys: {}, features: [feature] };
  });
}

/** Returns the features of a service. @throws FeatureError "service-not-found" */
export function selectionsOfService(definitions: Definitions, name: string): FeatureSelection[] {
  const service = definitions.services.get(name);
  if (!service) throw noService(name);
  return service.projections.map(({ view, version, alias, joinKeys, features }: Projection) => {
    return { view, version, alias, joinKeys, features };
  });
}

function versionOf(view: DefinedView, number: number | null): ViewVersion {
  const version = number === null ? view.current : view.versions.get(number);
  if (version) {
    requireHistory(view, version.version);
    return version;
  }
  const message = `Feature view "${view.name}" has no version ${number}.`;
  throw new FeatureError("not-found", "view-not-found", message);
}

function noFeature(view: DefinedView, version: ViewVersion, feature: string): FeatureError {
  const message = `Version ${version.version} of feature view "${view.name}" has no feature "${feature}".`;
  return new FeatureError("invalid", "feature-not-present", message);
}
