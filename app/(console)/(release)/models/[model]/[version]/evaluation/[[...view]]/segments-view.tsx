import { evaluationHref } from "#components/release/evaluation/addresses.ts";
import { EvaluatedSegments } from "#components/release/evaluation/segments-panel.tsx";
import type { ShownEvaluation } from "./result-view.tsx";

/** Renders the segments of a set. @param most how many; all by default */
export function SegmentsView({ shown, most }: { shown: ShownEvaluation; most?: number }) {
  const { key, set, result, base, baseRun, comparison } = shown;
  const headline = result.metrics[0];
  if (!headline) return null;
  return (
    <EvaluatedSegments
      model={key.name}
      version={key.version}
      segments={result.segments}
      headline={headline}
      base={
        base !== undefined && baseRun?.result
          ? { version: base, segments: baseRun.result.segments, compared: comparison?.segments ?? [] }
          : undefined
      }
      most={most}
      allHref={evaluationHref(key, "segments", { set, base })}
      rowsHref={Object.fromEntries(
        result.segments.map(({ id }) => [id, evaluationHref(key, "rows", { set, base, segment: id })]),
      )}
    />
  );
}
