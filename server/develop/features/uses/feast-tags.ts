import type { Definitions } from "../definitions/definitions.ts";
import { featuresOf } from "../definitions/view-features.ts";

/** Features of one version of a view. */
export interface UsedFeatures {
  viewId: string;
  version: number;
  features: string[];
}

/**
 * Returns the features that Feast's tags name: those of the service, else the references, else all of the views. What is no longer defined, and
 * tags of another project than the workspace, name nothing.
 * @param tags values by key
 */
export function featuresOfTags(
  tags: ReadonlyMap<string, string>,
  definitions: Definitions,
  workspaceSlug: string,
): UsedFeatures[] {
  const project = tags.get("feast.project");
  if (project !== undefined && project.replaceAll("_", "-") !== workspaceSlug) return [];
  const uses = new Map<string, UsedFeatures & { all: Set<string> }>();
  const use = (name: string, number: number | null, chosen: readonly string[]) => {
    const view = definitions.views.get(name);
    const version = number === null ? view?.current : view?.versions.get(number);
    if (!view || !version) return;
    const known = featuresOf(version).map((feature) => feature.name);
    const used = chosen.length === 0 ? known : known.filter((feature) => chosen.includes(feature));
    if (used.length === 0) return;
    const id = `${view.id} ${version.version}`;
    const same = uses.get(id) ?? { viewId: view.id, version: version.version, features: [], all: new Set() };
    for (const feature of used) same.all.add(feature);
    uses.set(id, same);
  };
  const service = definitions.services.get(tags.get("feast.feature_service") ?? "");
  const references = listOf(tags.get("feast.feature_refs"));
  if (service) {
    for (const { view, version, features } of service.projections) use(view, version, features);
  } else if (references.length > 0) {
    for (const reference of references) {
      const [, view, number, feature] = /^([^:@]+)(?:@(latest|v\d{1,9}))?:([^:@]+)$/.exec(reference) ?? [];
      // Feast counts versions from 0.
      const version = number?.startsWith("v") ? Number(number.slice(1)) + 1 : null;
      if (view !== undefined && feature !== undefined) use(view, version, [feature]);
    }
  } else {
    for (const view of listOf(tags.get("feast.feature_views"))) use(view, null, []);
  }
  return [...uses.values()].map(({ viewId, version, all }) => ({ viewId, version, features: [...all].sort() }));
}

/** Feast cuts long lists and ends them with dots: the last item of such a list may be half of one. */
function listOf(text: string | undefined): string[] {
  if (!text) return [];
  const isCut = text.endsWith("...");
  const items = (isCut ? text.slice(0, -3) : text).split(",");
  return isCut ? items.slice(0, -1) : items;
}
