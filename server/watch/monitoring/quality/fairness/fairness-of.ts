import { evaluateFairness, type FairnessVerdict } from "#server/stats/quality/fairness.ts";
import type { MonitorSettings } from "../../contract.ts";
import type { QualityCounts } from "../counts/contract.ts";
import { type Reading, realisedCells } from "../measures/realised.ts";

/** Tagged segment of the traffic with its predictions matched to labels. */
export interface FairnessPart {
  /** "carrier=UA". */
  segment: string;
  counts: QualityCounts;
}

/** Returns one verdict per tag. Tags share the significance level, so that more tags do not mean more false alarms. */
export function fairnessOf(
  { settings, reading }: { settings: Pick<MonitorSettings, "fairness">; reading: Reading },
  parts: readonly FairnessPart[],
): { groupBy: string; verdict: FairnessVerdict }[] {
  const { groupBy, metric, maxDifference } = settings.fairness;
  if (reading.taskKind === "regression") return [];
  // More than two classes have no positive class: groups are compared by accuracy.
  const compared = reading.taskKind === "binary" ? metric : "accuracy";
  return groupBy.map((tag) => {
    const groups = parts
      .filter(({ segment }) => segment.startsWith(`${tag}=`) && segment !== `${tag}=other`)
      .map(({ segment, counts }) => ({ name: segment.slice(tag.length + 1), cells: cellsOfPart(counts, reading) }));
    const level = 1 - 0.05 / groupBy.length;
    return { groupBy: tag, verdict: evaluateFairness(groups, { metric: compared, maxDifference, level }) };
  });
}

function cellsOfPart(counts: QualityCounts, reading: Reading) {
  if (reading.taskKind === "binary") return realisedCells(counts, reading);
  const of = (isRight: boolean) =>
    counts.confusion.reduce((sum, [truth, answer, count]) => sum + ((truth === answer) === isRight ? count : 0), 0);
  return { truePositive: of(true), falsePositive: of(false), falseNegative: 0, trueNegative: 0 };
}
