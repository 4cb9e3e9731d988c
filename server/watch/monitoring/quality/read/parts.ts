import type { Context } from "#server/base/context.ts";
import { newcombeInterval } from "#server/stats/proportion.ts";
import { minRows } from "../../contract.ts";
import type { Measured } from "../contract.ts";
import type { QualityCounts } from "../counts/contract.ts";
import { mergeCounts } from "../counts/merge-counts.ts";
import type { QualityParts, SegmentQuality } from "../detail/contract.ts";
import { fairnessOf } from "../fairness/fairness-of.ts";
import { realisedMetrics } from "../measures/realised.ts";
import { metricFacts } from "../metrics/constants.ts";
import { readCounted } from "./counted-spans.ts";
import type { QualityFacts } from "./facts.ts";
import { matureSpans } from "./windows.ts";

interface Part {
  segment: string;
  predictions: number;
  labelled: number;
  /** Counts of the mature predictions. */
  counts: QualityCounts;
}

/** Reads every tagged segment of the traffic in the range, each counted as a unit. The caller has checked permissions. */
export async function readParts(ctx: Context, facts: QualityFacts): Promise<Part[]> {
  const { endpointId, fine } = facts;
  const span = { from: new Date(facts.from), to: new Date(facts.to) };
  const counted = await readCounted(ctx, { endpointId, segment: undefined, fine, ...span });
  return [...Map.groupBy(counted, ({ segment }) => segment)].map(([segment, own]) => ({
    segment,
    predictions: own.reduce((sum, one) => sum + one.predictions, 0),
    labelled: own.reduce((sum, one) => sum + one.labelled, 0),
    counts: mergeCounts(matureSpans({ ...facts, counted: own }).map(({ counts }) => counts)),
  }));
}

/** Returns segments in comparison with all traffic, largest first, and groups for the fairness check. */
export function partsOf(facts: QualityFacts, parts: readonly Part[]): QualityParts {
  const { settings } = facts;
  const all = realisedMetrics(mergeCounts(matureSpans(facts).map(({ counts }) => counts)), facts.reading)[facts.metric];
  return {
    segments: parts
      .map((part) => segmentOf(facts, part, all, parts.length))
      .sort((a, b) => b.predictions - a.predictions),
    fairness: {
      metric: settings.fairness.metric,
      maxDifference: settings.fairness.maxDifference,
      tags: fairnessOf(facts, parts).map(({ groupBy, verdict }) => ({ groupBy, ...verdict })),
    },
  };
}

function segmentOf(facts: QualityFacts, part: Part, all: Measured | undefined, looked: number): SegmentQuality {
  const realised = realisedMetrics(part.counts, facts.reading)[facts.metric] ?? null;
  const { segment, predictions, labelled } = part;
  return { segment, predictions, labelled, realised, isDifferent: isDifferent(facts, realised, all, looked) };
}

/** Compares shares of rows by Newcombe's interval at a level shared by all segments (Bonferroni); other metrics are not evaluated. */
function isDifferent(
  { metric }: QualityFacts,
  part: Measured | null,
  all: Measured | undefined,
  looked: number,
): boolean {
  if (!part || !all || part.rows < minRows || all.rows - part.rows < minRows) return false;
  if (!metricFacts[metric].isShare || metric === "f1" || part.low === null) return false;
  const restRows = all.rows - part.rows;
  const rest = Math.min(1, Math.max(0, (all.value * all.rows - part.value * part.rows) / restRows));
  const level = 1 - 0.05 / Math.max(1, looked);
  const { low, high } = newcombeInterval(
    { share: part.value, count: part.rows },
    { share: rest, count: restRows },
    level,
  );
  return low > 0 || high < 0;
}
