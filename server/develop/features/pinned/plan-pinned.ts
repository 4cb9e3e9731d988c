import type { ViewVersion } from "../contract.ts";
import { haveSameKeys } from "../definitions/compare-versions.ts";
import type { DefinedView, Definitions } from "../definitions/definitions.ts";
import { atLookUp, featuresOf, slotsOf } from "../definitions/view-features.ts";
import { neededAtLookUp } from "../expressions/view-expressions.ts";
import type { LookUpPlan, PlannedColumn } from "../look-up/plan-look-up.ts";
import { computedProblem } from "./computed-problem.ts";
import type { PinnedFeature, PinnedFeatures, PinnedView } from "./contract.ts";
import { isRead } from "./pin-features.ts";

const plans = new WeakMap<Definitions, WeakMap<PinnedFeatures, LookUpPlan>>();

/**
 * Plans the look-up of pinned features. Those of views that are gone, offline, or have other keys by now are left out, and so are those that are
 * computed from such.
 */
export function planPinned(definitions: Definitions, pinned: PinnedFeatures): LookUpPlan {
  const known = plans.get(definitions) ?? new WeakMap<PinnedFeatures, LookUpPlan>();
  plans.set(definitions, known);
  const plan = known.get(pinned) ?? planOf(definitions, pinned);
  known.set(pinned, plan);
  return plan;
}

function planOf(definitions: Definitions, { views, keys }: PinnedFeatures): LookUpPlan {
  const plan: LookUpPlan = { views: [], columns: [] };
  for (const pinned of views) {
    const found = pinnedVersion(definitions, pinned);
    if (!found) continue;
    const { view, version } = found;
    // Writes to a view that is offline go to the history alone, so its newest rows stay as they were.
    if (!view.isOnline) continue;
    // The same bytes may be a key of another entity.
    if (!haveSameKeys(version, view.current)) continue;
    const expressions = new Map(atLookUp(version.expressions).map((expression) => [expression.name, expression]));
    const columns = pinned.features.flatMap(({ column, feature, type }): PlannedColumn[] => {
      const expression = expressions.get(feature);
      if (expression && computedProblem(definitions, keys, version, feature) !== undefined) return [];
      return [{ name: column, feature, type, view: plan.views.length, expression }];
    });
    if (columns.length === 0) continue;
    plan.views.push({ view, version, keyColumns: pinned.keyColumns });
    plan.columns.push(...columns);
  }
  return plan;
}

/** Returns the version that a pipeline is pinned to: the one with its digest. Undefined if the workspace has none. */
export function pinnedVersion(
  { views }: Definitions,
  { view: name, version: number, digest }: PinnedView,
): { view: DefinedView; version: ViewVersion } | undefined {
  const view = views.get(name);
  const same = view?.versions.get(number);
  const version =
    same?.digest === digest ? same : [...(view?.versions.values() ?? [])].find((one) => one.digest === digest);
  return view && version && { view, version };
}

/** Lists why pinned features cannot be looked up with the definitions of a workspace. Empty when they can. */
export function pinnedProblems(definitions: Definitions, { views, keys }: PinnedFeatures): string[] {
  return views.flatMap((pinned) => {
    const found = pinnedVersion(definitions, pinned);
    const what = `The feature view "${pinned.view}"`;
    if (!definitions.views.has(pinned.view)) return [`${what} does not exist.`];
    if (!found)
      return [`${what} has no version with the schema of version ${pinned.version} that the pipeline is pinned to.`];
    const { view, version } = found;
    if (!view.isOnline) return [`${what} is not for look-ups: it is offline.`];
    if (!haveSameKeys(version, view.current)) return [`${what} has other keys now than in version ${version.version}.`];
    const computed = pinned.features.flatMap(({ feature, isComputed }) => {
      const problem = isComputed ? computedProblem(definitions, keys, version, feature) : undefined;
      return problem === undefined ? [] : [`${what} cannot compute "${feature}". ${problem}`];
    });
    return [...changedFeatures(found, pinned.features, what), ...computed];
  });
}

/** Lists features of a version, with those that its expressions read, of which new rows have no values. */
function changedFeatures(
  { view, version }: { view: DefinedView; version: ViewVersion },
  features: readonly PinnedFeature[],
  what: string,
): string[] {
  const needed = neededAtLookUp(
    version,
    features.map(({ feature }) => feature),
  );
  const expected = new Map(features.map(({ feature, type }) => [feature, type]));
  for (const { name, type } of slotsOf(version)) if (isRead(name, needed)) expected.set(name, type);
  const now = new Map(featuresOf(view.current).map(({ name, type }) => [name, type]));
  return [...expected].flatMap(([feature, type]) => {
    const current = now.get(feature);
    if (current === undefined) return [`${what} no longer has the feature "${feature}".`];
    return current === type ? [] : [`${what} has "${feature}" as ${current} now, the pipeline expects ${type}.`];
  });
}
