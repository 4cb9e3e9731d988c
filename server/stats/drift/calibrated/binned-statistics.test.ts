import { expect, test } from "vitest";
import { jensenShannon } from "../compatible/divergences.ts";
import { goldenNumbers } from "../golden-data.ts";
import { binnedJensenShannon } from "./binned-distances.ts";
import { binnedStatistics } from "./binned-statistics.ts";
import { decisionBins, regroup } from "./decision-bins.ts";
import { quantileEdges, tally } from "./quantile-edges.ts";

test("computes all four statistics from stored bins: D and Wasserstein near golden values, PSI near δ² plus noise", () => {
  const reference = Float64Array.from(goldenNumbers({ kind: "normal", seed: 3, n: 5000, mu: 0, sd: 1 })).sort();
  const current = Float64Array.from(goldenNumbers({ kind: "normal", seed: 4, n: 3000, mu: 0.12, sd: 1 })).sort();
  const edges = quantileEdges(reference, 512);
  const profile = {
    bins: tally(reference, edges),
    edges,
    min: reference[0] as number,
    max: reference.at(-1) as number,
    count: 5000,
    m2: 5000 * 1.0100150530955485 ** 2,
  };
  const span = { bins: tally(current, edges), min: current[0] as number, max: current.at(-1) as number };
  const groups = decisionBins(profile.bins, 10);
  const found = binnedStatistics(profile, span);
  expect(found.ks).toBeCloseTo(0.0529, 2);
  expect(found.wasserstein).toBeCloseTo(0.1358, 2);
  expect(found.psi).toBeCloseTo(0.0195, 2);
  expect(found.jensenShannon).toBeCloseTo(
    jensenShannon({ reference: regroup(profile.bins, groups), current: regroup(span.bins, groups) }),
    12,
  );
});

test("computes Jensen and Shannon's distance of each sample by its own rows, although bins of earlier samples had the same counts", () => {
  const samples = [
    [
      [9, 1, 0],
      [3, 3, 4],
    ],
    [
      [9, 1, 90],
      [3, 3, 4],
    ],
    [
      [9, 1, 0],
      [3, 3, 94],
    ],
    [
      [9, 1, 0],
      [3, 3, 4],
    ],
  ] as [number[], number[]][];
  for (const [reference, current] of samples) {
    expect(binnedJensenShannon({ reference, current })).toBeCloseTo(jensenShannon({ reference, current }), 12);
  }
});
