import type { Definitions } from "../definitions/definitions.ts";
import type { PinnedFeatures } from "./contract.ts";
import { isPersonal } from "./is-personal.ts";
import { pinnedVersion } from "./plan-pinned.ts";

const columnsByDefinitions = new WeakMap<Definitions, WeakMap<PinnedFeatures, ReadonlySet<string>>>();

/**
 * Returns the columns whose values are personal: tagged so when they were pinned, or by now, since an imported pipeline brings what was pinned
 * elsewhere, and a tag may be added later.
 * @param definitions undefined while nothing is known of them: then all columns count, since any may have got a tag
 */
export function personalColumns(definitions: Definitions | undefined, pinned: PinnedFeatures): ReadonlySet<string> {
  if (!definitions) return columnsOf(pinned, () => true);
  const ofDefinitions = columnsByDefinitions.get(definitions) ?? new WeakMap<PinnedFeatures, ReadonlySet<string>>();
  columnsByDefinitions.set(definitions, ofDefinitions);
  const columns =
    ofDefinitions.get(pinned) ??
    columnsOf(pinned, (one, feature) => {
      const found = pinnedVersion(definitions, one);
      const view = definitions.views.get(one.view);
      return view !== undefined && isPersonal(definitions, { view, version: found?.version ?? view.current, feature });
    });
  ofDefinitions.set(pinned, columns);
  return columns;
}

function columnsOf(
  { views }: PinnedFeatures,
  isPersonalNow: (view: PinnedFeatures["views"][number], feature: string) => boolean,
): ReadonlySet<string> {
  return new Set(
    views.flatMap((view) =>
      view.features.flatMap(({ column, feature, isPii }) => (isPii || isPersonalNow(view, feature) ? [column] : [])),
    ),
  );
}
