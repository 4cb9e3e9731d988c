import type { ViewVersion } from "../contract.ts";
import type { DefinedView, Definitions } from "../definitions/definitions.ts";
import { readReference } from "../look-up/plan-look-up.ts";

/** Feature of another view that an expression names, whether it can be looked up now or not. */
export interface ReferredFeature {
  view: DefinedView;
  version: ViewVersion;
  feature: string;
}

/** Returns the feature that a reference names; undefined if its view, or that version of it, is gone. */
export function referredFeature({ views }: Definitions, reference: string): ReferredFeature | undefined {
  const { view: name, version: number, features } = readReference(reference);
  const view = views.get(name);
  const version = number === null ? view?.current : view?.versions.get(number);
  const [feature] = features;
  return view && version && feature !== undefined ? { view, version, feature } : undefined;
}
