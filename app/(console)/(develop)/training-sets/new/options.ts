import type { ServiceOption, ViewOption } from "#components/develop/features/training-sets/builder/draft.ts";
import type { Definitions } from "#server/develop/features/definitions/definitions.ts";
import { atLookUp, featuresOf } from "#server/develop/features/definitions/view-features.ts";

/** Returns the views of a workspace with the features of each version, by name. */
export function viewOptions({ views }: Definitions): ViewOption[] {
  return [...views.values()]
    .map(({ name, current, ttlUs, versions }) => ({
      name,
      current: current.version,
      ttlUs,
      versions: [...versions.values()].map((version) => {
        const computed = new Set(atLookUp(version.expressions).map((expression) => expression.name));
        return {
          version: version.version,
          joinKeys: version.entities.map(({ joinKey }) => joinKey),
          features: featuresOf(version).map((feature) => ({
            name: feature.name,
            isComputed: computed.has(feature.name),
          })),
        };
      }),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Returns the services with the features that they stand for now, by name. */
export function serviceOptions({ views, services }: Definitions): ServiceOption[] {
  return [...services.values()]
    .map(({ name, projections }) => ({
      name,
      references: projections.flatMap(({ view: viewName, version: pinned, features }) => {
        const view = views.get(viewName);
        const version = pinned === null ? view?.current : view?.versions.get(pinned);
        if (!version) return [];
        const all = features.length > 0 ? features : featuresOf(version).map((feature) => feature.name);
        return all.map((feature) => `${viewName}@v${version.version}:${feature}`);
      }),
      isMapped: projections.some(({ alias, joinKeys }) => alias !== null || Object.keys(joinKeys).length > 0),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
