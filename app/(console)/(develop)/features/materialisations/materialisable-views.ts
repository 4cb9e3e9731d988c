import type { MaterialisableView } from "#components/develop/features/materialisations/materialise-button.tsx";
import { describeSource, isRead } from "#components/develop/features/sources/source-text.ts";
import { isInProgress } from "#components/develop/features/work-state.ts";
import type { FeatureView, ViewSource } from "#server/develop/features/contract.ts";
import type { Materialisation } from "#server/develop/features/materialisations/contract.ts";

/** Returns the views whose source, or the history of whose push source, Leeway reads. */
export function materialisableViews(
  views: readonly FeatureView[],
  sources: readonly ViewSource[],
  work: readonly Materialisation[],
): MaterialisableView[] {
  const byName = new Map(sources.map((source) => [source.name, source]));
  return views.flatMap(({ name, source, materialisedUntil }) => {
    const own = byName.get(source ?? "");
    const read = own?.kind === "push" ? byName.get(own.options.batchSource ?? "") : own;
    if (!read || !isRead(read)) return [];
    const until = materialisedUntil === null ? null : new Date(materialisedUntil / 1000).toISOString();
    const isActive = work.some((each) => each.view === name && isInProgress(each));
    const isDataset = read.kind === "dataset";
    const reads = `${describeSource(read)}${isDataset ? "; a new version from its first row" : ""}`;
    return [{ name, source: reads, until, isActive }];
  });
}
