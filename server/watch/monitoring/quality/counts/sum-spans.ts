import type { CountedSpan } from "./contract.ts";
import { mergeCounts } from "./merge-counts.ts";

/** Spans of an hour as the hour itself: one a version, arm and segment. */
export function sumSpans(spans: readonly CountedSpan[]): CountedSpan[] {
  const byKey = Map.groupBy(spans, ({ versionId, arm, segment }) => `${versionId} ${arm} ${segment}`);
  return [...byKey.values()].map((own) => {
    const { versionId, arm, segment } = own[0] as CountedSpan;
    const sum = (key: "predictions" | "labelled" | "revision") => own.reduce((total, one) => total + one[key], 0);
    return {
      versionId,
      arm,
      segment,
      predictions: sum("predictions"),
      labelled: sum("labelled"),
      counts: mergeCounts(own.map(({ counts }) => counts)),
      revision: sum("revision"),
    };
  });
}
