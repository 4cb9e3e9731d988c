import { formatCount } from "#components/ui/format.ts";
import type { FeatureView, Projection } from "#server/develop/features/contract.ts";

/** Describes how a service names versions: "all pinned", "1 pinned, 2 follow", "all follow"; empty without views. */
export function describePins(projections: readonly Pick<Projection, "version">[]): string {
  const pinned = projections.filter(({ version }) => version !== null).length;
  const following = projections.length - pinned;
  if (projections.length === 0) return "";
  if (following === 0) return "all pinned";
  if (pinned === 0) return "all follow";
  return `${pinned} pinned, ${following} follow`;
}

/** Counts the features of a service. A view that lists none has all of its current version. */
export function countFeatures(projections: readonly Projection[], views: readonly FeatureView[]): string {
  const counts = projections.map(({ view, features }) => {
    if (features.length > 0) return features.length;
    const current = views.find(({ name }) => name === view)?.current;
    return current ? current.features.length + current.expressions.length : 0;
  });
  return formatCount(counts.reduce((sum, count) => sum + count, 0));
}
