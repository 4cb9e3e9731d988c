import type { Marker } from "#components/charts/markers.ts";
import type { Wire } from "#components/ui/wire.ts";
import type { RolloutMarker } from "#server/release/rollouts/markers/contract.ts";
import { rolloutHref } from "./addresses.ts";
import { formatWeight } from "./rollout-text.ts";

/** Converts steps and rollbacks to change markers; a step to 100% is marked by its deployment instead. */
export function rolloutMarkers(markers: readonly Wire<RolloutMarker>[]): Marker[] {
  return markers.flatMap(({ kind, weight, version, at, rolloutId }): Marker[] => {
    const common = { at: Date.parse(at), href: rolloutHref(rolloutId) };
    if (kind === "roll-back") return [{ ...common, label: `v${version} rolled back`, kind: "incident" }];
    if (weight === 0 || weight === 1) return [];
    return [{ ...common, label: `v${version} to ${formatWeight(weight)}`, kind: "deploy" }];
  });
}
