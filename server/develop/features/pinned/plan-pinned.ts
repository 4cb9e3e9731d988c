import type { ViewVersion } from "../contract.ts";
import { haveSameKeys } from "../definitions/compare-versions.ts";
import type { DefinedView, Definitions } from "../definitions/definitions.ts";
import { atLookUp, featuresOf } from "../definitions/view-features.ts";
import type { LookUpPlan } from "../look-up/plan-look-up.ts";
import type { PinnedFeatures, PinnedView } from "./contract.ts";

const plans = new WeakMap<Definitions, WeakMap<PinnedFeatures, LookUpPlan>>();

/** Plans the look-up of pinned features. Those of views that are gone, offline, or have other keys by now are left out. */
export function planPinned(definitions: Definitions, pinned: PinnedFeatures): LookUpPlan {
  const known = plans.get(definitions) ?? new WeakMap<PinnedFeatures, LookUpPlan>();
  plans.set(definitions, known);
  const plan = known.get(pinned) ?? planOf(definitions, pinned);
  known.set(pinned, plan);
  return plan;
}

function planOf(definitions: Definitions, { views }: PinnedFeatures): LookUpPlan {
  const plan: LookUpPlan = { views: [], columns: [] };
  for (const pinned of views) {
    const found = pinnedVersion(definitions, pinned);
    if (!found) continue;
    const { view, version } = found;
    // Writes to a view that is offline go to the history alone, so its newest rows stay as they were.
    if (!view.isOnline) continue;
    // The same bytes may be a key of another entity.
    if (!haveSameKeys(version, view.current)) continue;
    const place = plan.views.push({ view, version, keyColumns: pinned.keyColumns }) - 1;
    const expressions = new Map(atLookUp(version.expressions).map((expression) => [expression.name, expression]));
    for (const { column, feature, type } of pinned.features) {
      plan.columns.push({ name: column, feature, type, view: place, expression: expressions.get(feature) });
    }
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
export function pinnedProblems(definitions: Definitions, { views }: PinnedFeatures): string[] {
  return views.flatMap((pinned) => {
    const found = pinnedVersion(definitions, pinned);
    const what = `the feature view "${pinned.view}"`;
    if (!definitions.views.has(pinned.view)) return [`${what} does not exist.`];
    if (!found)
      return [`${what} has no version with the schema of version ${pinned.version} that the pipeline is pinned to.`];
    if (!found.view.isOnline) return [`${what} is not for look-ups: it is offline.`];
    if (!haveSameKeys(found.version, found.view.current))
      return [`${what} has other keys now than in version ${found.version.version}.`];
    // A removed feature has no values in new rows.
    const now = new Map(featuresOf(found.view.current).map(({ name, type }) => [name, type]));
    return pinned.features.flatMap(({ feature, type }) => {
      const current = now.get(feature);
      if (current === undefined) return [`${what} no longer has the feature "${feature}".`];
      return current === type ? [] : [`${what} has "${feature}" as ${current} now, the pipeline expects ${type}.`];
    });
  });
}
