import type { Context } from "#server/base/context.ts";
import { formatSignificant } from "#server/base/format-number.ts";
import { endpointTabHref } from "#server/serve/endpoints/constants.ts";
import type { QualitySummary } from "#server/watch/monitoring/quality/contract.ts";
import type { QualityParts } from "#server/watch/monitoring/quality/detail/contract.ts";
import { metricFacts, type QualityState } from "#server/watch/monitoring/quality/metrics/constants.ts";
import { inChunks, readSummariesWithParts } from "#server/watch/monitoring/quality/read/summaries.ts";
import type { PortfolioCell, ReportState } from "../contract.ts";
import { countText, figure, pointsText, shareText } from "../figure.ts";
import type { ReadSpan } from "./objectives.ts";
import { qualitySpan } from "./quality-span.ts";

const level = 0.95;
/** Share of the maximum acceptable gap from which a model needs attention. */
const watchedFrom = 0.75;

/** Reads each model's quality in the period: its metric, and the gap between its segments. The caller has checked permissions. */
export async function readQualityCells(
  ctx: Context,
  models: readonly { id: string; name: string }[],
  span: ReadSpan,
): Promise<Map<string, PortfolioCell[]>> {
  const cells = new Map<string, PortfolioCell[]>();
  for (const chunk of inChunks(models)) {
    const read = await readSummariesWithParts(ctx, chunk, qualitySpan(span));
    for (const { summary, parts } of read) {
      const { endpoint } = summary;
      cells.set(endpoint, [qualityCell(endpoint, summary, span), fairnessCell(endpoint, parts, span)]);
    }
  }
  return cells;
}

const reportStates: Record<QualityState, ReportState> = {
  below: "missed",
  watch: "watch",
  fine: "on-target",
  unjudged: "no-data",
  "no-data": "no-data",
};

/** Returns the quality cell: realised where labels are complete, else estimated and marked as such. */
function qualityCell(model: string, summary: QualitySummary, span: ReadSpan): PortfolioCell {
  const { metric, realised, estimated, state, pending, maturity } = summary;
  const shown = realised ?? estimated;
  const { label, isShare } = metricFacts[metric];
  const text = isShare ? shareText : (value: number) => formatSignificant(value, 3);
  const hasEnds = shown !== null && shown.low !== null && shown.high !== null;
  return {
    column: "quality",
    state: shown === null ? "no-data" : reportStates[state],
    figure: figure({
      id: `cell.${model}.quality`,
      definition: "cell.quality",
      text,
      value: shown?.value ?? null,
      unit: realised === null && estimated !== null ? "estimated" : "",
      basis: shown ? `${label} of ${countText(shown.rows)} predictions` : "",
      interval: hasEnds ? { low: shown.low as number, high: shown.high as number, level } : null,
      knownUntil: Math.min(span.until, maturity.matureUntil?.getTime() ?? span.until),
      reason: pending > 0 ? "labels due" : "no labels",
      href: endpointTabHref(model, "quality"),
    }),
  };
}

/** Returns the cell with the widest fairness gap, for the tag with the widest one. */
function fairnessCell(model: string, parts: QualityParts | null, span: ReadSpan): PortfolioCell {
  const known = parts?.fairness.tags.filter(({ difference }) => difference !== null) ?? [];
  const worst = known.toSorted((one, other) => Math.abs(other.difference ?? 0) - Math.abs(one.difference ?? 0))[0];
  const gap = worst ? Math.abs(worst.difference ?? 0) : null;
  const most = parts?.fairness.maxDifference ?? 1;
  const isUnfair = known.some((tag) => tag.isUnfair);
  const state = gap === null ? "no-data" : isUnfair ? "missed" : gap >= most * watchedFrom ? "watch" : "on-target";
  const rows = worst?.groups.reduce((sum, group) => sum + group.rows, 0) ?? 0;
  return {
    column: "fairness",
    state,
    figure: figure({
      id: `cell.${model}.fairness`,
      definition: "cell.fairness",
      text: pointsText,
      value: gap,
      knownUntil: span.until,
      basis: worst ? `${worst.groupBy}: ${countText(worst.groups.length)} groups, ${countText(rows)} predictions` : "",
      interval: worst?.differenceInterval ? { ...worst.differenceInterval, level } : null,
      reason: "no groups",
      href: `${endpointTabHref(model, "quality")}#fairness`,
    }),
  };
}
