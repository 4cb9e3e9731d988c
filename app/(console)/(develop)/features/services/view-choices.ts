import type { ViewChoice } from "#components/develop/features/services/service-draft.ts";
import type { Definitions } from "#server/develop/features/definitions/definitions.ts";
import { featuresOf } from "#server/develop/features/definitions/view-features.ts";

/** Returns the views of a workspace with what each version has, by name. */
export function viewChoices({ views }: Definitions): ViewChoice[] {
  return [...views.values()]
    .map(({ name, current, versions }) => ({
      name,
      current: current.version,
      versions: [...versions.values()]
        .map((version) => ({
          version: version.version,
          features: featuresOf(version).map((feature) => feature.name),
          joinKeys: version.entities.map(({ joinKey }) => joinKey),
        }))
        .sort((a, b) => b.version - a.version),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
