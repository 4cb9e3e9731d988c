import type { DefineFeatureService, FeatureService, Projection } from "#server/develop/features/contract.ts";

/** A view that a service can list features of. */
export interface ViewChoice {
  name: string;
  current: number;
  /** Newest first. */
  versions: { version: number; features: string[]; joinKeys: string[] }[];
}

/** Features of one view in the form. */
export interface ProjectionDraft {
  /** Of the row in the form. */
  key: number;
  view: string;
  /** Null follows the current version. */
  version: number | null;
  /** Empty means all. */
  features: string[];
  alias: string;
  /** Column of the request by join key; one that is not here, or empty, has the name of the join key. */
  joinKeys: Record<string, string>;
}

/** Returns the drafts of a service's views, or of none. */
export function toProjectionDrafts(projections: readonly Projection[]): ProjectionDraft[] {
  return projections.map(({ view, version, features, alias, joinKeys }, key) => ({
    key,
    view,
    version,
    features,
    alias: alias ?? "",
    joinKeys,
  }));
}

/** Returns a draft of another view: the first one that is not listed yet, at its current version. */
export function nextProjection(drafts: readonly ProjectionDraft[], views: readonly ViewChoice[]): ProjectionDraft {
  const key = Math.max(-1, ...drafts.map((draft) => draft.key)) + 1;
  const view = views.find(({ name }) => !drafts.some((draft) => draft.view === name)) ?? views[0];
  return { key, view: view?.name ?? "", version: null, features: [], alias: "", joinKeys: {} };
}

/** Returns features and join keys of the version that a draft means; undefined when the view or the version is gone. */
export function versionOfDraft({ view, version }: ProjectionDraft, views: readonly ViewChoice[]) {
  const choice = views.find(({ name }) => name === view);
  return choice?.versions.find((each) => each.version === (version ?? choice.current));
}

/** Returns the draft with another view or version, without features and join keys that this one does not have. */
export function movedTo(
  draft: ProjectionDraft,
  to: Pick<ProjectionDraft, "view" | "version">,
  views: readonly ViewChoice[],
): ProjectionDraft {
  const moved = { ...draft, ...to };
  const found = versionOfDraft(moved, views);
  return {
    ...moved,
    features: moved.features.filter((feature) => found?.features.includes(feature)),
    joinKeys: Object.fromEntries(Object.entries(moved.joinKeys).filter(([key]) => found?.joinKeys.includes(key))),
  };
}

/** Returns the definition that the form means. What the form does not show is taken over from the service before. */
export function toService(
  { name, description, projections }: { name: string; description: string; projections: readonly ProjectionDraft[] },
  before: Pick<FeatureService, "owner" | "tags"> | undefined,
): DefineFeatureService {
  return {
    name: name.trim(),
    description: description.trim(),
    ...(before && { owner: before.owner, tags: before.tags }),
    projections: projections.map(({ view, version, features, alias, joinKeys }) => ({
      view,
      version,
      features,
      alias: alias.trim() || null,
      joinKeys: Object.fromEntries(
        Object.entries(joinKeys).flatMap(([joinKey, column]) => {
          const trimmed = column.trim();
          return trimmed === "" || trimmed === joinKey ? [] : [[joinKey, trimmed]];
        }),
      ),
    })),
  };
}
