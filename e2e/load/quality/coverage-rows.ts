import { fitCalibrations } from "#server/stats/estimation/calibration.ts";
import { calibrationErrors } from "#server/stats/estimation/calibration-errors.ts";
import { bandsOf, type CellMetric, metricsOf } from "#server/stats/estimation/cell-metrics.ts";
import { countCells } from "#server/stats/estimation/cells.ts";
import { nannyBand, samplingParts } from "#server/stats/estimation/nannyml-band.ts";
import { cellsOfBins, expectedBins } from "#server/stats/estimation/score-bins.ts";
import { normalFrom, type Random, seededRandom } from "#server/stats/random.ts";
import { addScore, emptyScores } from "#server/watch/monitoring/state/scores.ts";
import { atLeast, atMost, type Row } from "../report.ts";

const runs = 400;
const metrics: CellMetric[] = ["accuracy", "precision", "recall", "f1", "specificity"];

/** How confident scores are beside the truth, the mean log-odds, labelled rows of the reference, and rows of the window. */
const cases = [
  [1, 0, 500, 500],
  [1, 0, 500, 2000],
  [1, 0, 2000, 2000],
  [2, 0, 500, 500],
  [2, 0, 500, 2000],
  [2, 0, 2000, 500],
  [1.2, 0, 500, 2000],
  [1.5, -2.5, 500, 500],
  [1.5, -2.5, 2000, 2000],
] as const;

/**
 * Measures how often realised metrics lie within the band of their estimate (nominal 95%) where nothing has shifted. The peer is
 * NannyML's band, ± 3 standard errors, around the same estimate.
 */
export function coverageRows(): Row[] {
  const random = seededRandom(73);
  console.log(
    "Realised metrics within the band, % (NannyML's band), by confidence, mean log-odds, reference and window rows:",
  );
  const found = cases.map((one) => coverageOf(one, random));
  found.forEach((shares, index) => {
    const cells = metrics.map((metric, at) => `${metric} ${percent(shares.own[at])} (${percent(shares.peer[at])})`);
    console.log(`  ${cases[index]?.join(", ").padEnd(22)}${cells.join("  ")}`);
  });
  const all = (key: "own" | "peer") => found.flatMap((shares) => shares[key].map((share) => 100 * share));
  const [own, peer] = [all("own"), all("peer")];
  return [
    atLeast(90, { name: "estimate band covers, least", unit: "%", leeway: Math.min(...own) }, Math.min(...peer)),
    atMost(98, { name: "estimate band covers, most", unit: "%", leeway: Math.max(...own) }, Math.max(...peer)),
  ];
}

const percent = (share: number | undefined) => (100 * (share ?? 0)).toFixed(1);

function coverageOf([confidence, level, known, rows]: (typeof cases)[number], random: Random) {
  const [own, peer] = [metrics.map(() => 0), metrics.map(() => 0)];
  for (let run = 0; run < runs; run += 1) {
    const [reference, window] = [drawn(known, confidence, level, random), drawn(rows, confidence, level, random)];
    const fitted = fitCalibrations(new Map([["", reference]]));
    const map = fitted?.maps[""];
    const scores = emptyScores();
    for (const score of window.scores) addScore(scores, score);
    const groups = fitted?.groups[""];
    const cells = cellsOfBins(expectedBins(scores, map, groups && calibrationErrors(groups, map !== undefined)), 0.5);
    const [bands, estimates, realised] = [bandsOf(cells), metricsOf(cells), metricsOf(countCells(predictions(window)))];
    const parts = samplingParts(predictions(reference));
    metrics.forEach((metric, at) => {
      const [value, band, estimate] = [realised[metric], bands[metric], estimates[metric]];
      if (value === null || !band || estimate === null) return;
      const other = nannyBand(estimate, parts[metric], rows);
      if (value >= band.low && value <= band.high) own[at] = (own[at] as number) + 1 / runs;
      if (value >= other.low && value <= other.high) peer[at] = (peer[at] as number) + 1 / runs;
    });
  }
  return { own, peer };
}

function drawn(count: number, confidence: number, level: number, random: Random) {
  const logits = Array.from({ length: count }, () => level + 1.5 * normalFrom(random));
  const share = (logit: number) => 1 / (1 + Math.exp(-logit));
  return {
    scores: logits.map((logit) => share(confidence * logit)),
    outcomes: logits.map((logit) => (random() < share(logit) ? 1 : 0)),
  };
}

function predictions({ scores, outcomes }: ReturnType<typeof drawn>) {
  return scores.map((score, at) => ({ score, isPositive: outcomes[at] === 1, isPredicted: score >= 0.5 }));
}
