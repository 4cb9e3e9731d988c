import type { FeatureExpression, FeatureType, Projection, ViewVersion } from "../contract.ts";
import { haveSameKeys } from "../definitions/compare-versions.ts";
import type { DefinedView, Definitions } from "../definitions/definitions.ts";
import { atLookUp, featuresOf } from "../definitions/view-features.ts";
import { FeatureError, noFeatureView, noService } from "../feature-error.ts";

/** Rows of one view that a look-up needs, by which columns of the request. */
export interface PlannedView {
  view: DefinedView;
  version: ViewVersion;
  /** Column of the request by join key, in the order of the join keys. */
  keyColumns: string[];
}

/** A column of the answer. */
export interface PlannedColumn {
  /** As the caller sees it. */
  name: string;
  feature: string;
  type: FeatureType;
  /** Index in the plan's views. */
  view: number;
  /** Evaluated over the row, request inputs, and features of other views; undefined for what the row holds. */
  expression: FeatureExpression | undefined;
}

/** A look-up without its values: the same for all requests of the same features, until definitions change. */
export interface LookUpPlan {
  views: PlannedView[];
  /** In the order of the request. */
  columns: PlannedColumn[];
}

interface Asked {
  features?: readonly string[] | undefined;
  /** Wins over features. */
  service?: string | undefined;
  fullNames: boolean;
}

/**
 * Plans the look-up of features, given as references ("view:feature", "view@v2:feature", "view@latest:feature") or by a service.
 * @throws FeatureError "view-not-found", "service-not-found", "feature-not-present", "name-collision", "other" for a reference that is none
 */
export function planLookUp(definitions: Definitions, { features, service, fullNames }: Asked): LookUpPlan {
  const projections = service === undefined ? (features ?? []).map(readReference) : projectionsOf(definitions, service);
  const plan: LookUpPlan = { views: [], columns: [] };
  const places = new Map<string, number>();
  for (const projection of projections) addProjection(plan, places, definitions, projection, fullNames);
  if (plan.columns.length === 0) throw new FeatureError("invalid", "other", "Enter at least one feature.");
  refuseCollisions(plan, fullNames);
  return plan;
}

/**
 * Returns the feature of another view that an expression reads.
 * @throws FeatureError "view-not-found", "feature-not-present", "other" for what is not stored
 */
export function inputFeature(
  definitions: Definitions,
  reference: string,
): { view: PlannedView; column: PlannedColumn } {
  const { views, columns } = planLookUp(definitions, { features: [reference], fullNames: true });
  const [view] = views;
  const [column] = columns;
  if (!view || !column) throw new Error("A reference was planned without its feature.");
  if (!column.expression) return { view, column };
  const message = `"${reference}" is computed at look-up. An expression of another view can only use what is stored.`;
  throw new FeatureError("invalid", "other", message);
}

/** Reads a reference to a feature: "view:feature", "view@v2:feature". @throws FeatureError "other" for what is none */
export function readReference(reference: string): Projection {
  const [, view, version, feature] = /^([^:@]+)(?:@(latest|v\d{1,9}))?:([^:]+)$/.exec(reference) ?? [];
  if (view === undefined || feature === undefined) {
    const message = `"${reference}" is not a feature reference. Write "view:feature" or "view@v2:feature".`;
    throw new FeatureError("invalid", "other", message);
  }
  const number = version === undefined || version === "latest" ? null : Number(version.slice(1));
  return { view, version: number, features: [feature], alias: null, joinKeys: {} };
}

function projectionsOf({ services }: Definitions, name: string): readonly Projection[] {
  const service = services.get(name);
  if (!service) throw noService(name);
  return service.projections;
}

function addProjection(
  plan: LookUpPlan,
  places: Map<string, number>,
  definitions: Definitions,
  { view: name, version: number, features, alias, joinKeys }: Projection,
  fullNames: boolean,
): void {
  const view = definitions.views.get(name);
  if (!view) throw noFeatureView(name);
  const version = number === null ? view.current : view.versions.get(number);
  if (!version) throw new FeatureError("invalid", "other", `View "${name}" has no version ${number}.`);
  if (!view.isOnline) throw new FeatureError("invalid", "other", `View "${name}" is not for look-ups: it is offline.`);
  if (!haveSameKeys(version, view.current)) {
    const message = `View "${name}" has other keys now than in version ${version.version}, so that version has no rows.`;
    throw new FeatureError("invalid", "other", message);
  }
  const keyColumns = version.entities.map(({ joinKey }) => joinKeys[joinKey] ?? joinKey);
  const place = placeOf(plan, places, { view, version, keyColumns });
  const known = new Map(featuresOf(version).map((feature) => [feature.name, feature.type]));
  const expressions = new Map(atLookUp(version.expressions).map((expression) => [expression.name, expression]));
  for (const feature of features.length > 0 ? features : known.keys()) {
    const type = known.get(feature);
    if (type === undefined) {
      const message = `View "${name}" has no feature "${feature}". It has ${[...known.keys()].join(", ")}.`;
      throw new FeatureError("invalid", "feature-not-present", message);
    }
    const shownName = fullNames ? `${alias ?? name}__${feature}` : feature;
    plan.columns.push({ name: shownName, feature, type, view: place, expression: expressions.get(feature) });
  }
}

/** Returns the index of a view in the plan, which has each only once per version and columns of keys. */
function placeOf(plan: LookUpPlan, places: Map<string, number>, planned: PlannedView): number {
  const id = JSON.stringify([planned.view.name, planned.version.version, planned.keyColumns]);
  const known = places.get(id);
  if (known !== undefined) return known;
  places.set(id, plan.views.length);
  return plan.views.push(planned) - 1;
}

function refuseCollisions({ columns }: LookUpPlan, fullNames: boolean): void {
  const seen = new Set<string>();
  for (const { name } of columns) {
    if (seen.has(name)) {
      const advice = fullNames ? "Name each feature once." : "Ask for full names, or name each feature once.";
      throw new FeatureError("invalid", "name-collision", `Two features would be called "${name}". ${advice}`);
    }
    seen.add(name);
  }
}
