import { normalQuantile, normalShareBelow } from "../normal.ts";
import { normalFrom, type Random } from "../random.ts";

/** Source of drawn rows: values of a number, or the shares of levels. */
export type Source = NumericSource | LevelSource;

export interface NumericSource {
  kind: "numeric";
  name: string;
  /** Draws one row. */
  draw: (random: Random) => number;
  /** Returns the smallest value such that at most this share of rows is below it. @param share above 0 and below 1. */
  quantile: (share: number) => number;
  /** Returns the share of rows that are at most a value. */
  shareUpTo: (value: number) => number;
}

export interface LevelSource {
  kind: "categorical";
  name: string;
  shares: readonly number[];
}

const zipf = (levels: number) => shared(Array.from({ length: levels }, (_, rank) => 1 / (rank + 1)));

/** Sources without drift on which calibration is measured: continuous, with ties, few levels and many. */
export const nullSources: readonly Source[] = [
  { kind: "numeric", name: "normal", draw: normalFrom, quantile: normalQuantile, shareUpTo: normalShareBelow },
  {
    kind: "numeric",
    name: "lognormal",
    draw: (random) => Math.exp(1.5 * normalFrom(random)),
    quantile: (share) => Math.exp(1.5 * normalQuantile(share)),
    shareUpTo: (value) => (value > 0 ? normalShareBelow(Math.log(value) / 1.5) : 0),
  },
  {
    kind: "numeric",
    name: "whole numbers",
    draw: (random) => Math.floor(3 * normalFrom(random)),
    quantile: (share) => Math.floor(3 * normalQuantile(share)),
    shareUpTo: (value) => normalShareBelow((Math.floor(value) + 1) / 3),
  },
  {
    kind: "numeric",
    name: "half zeros",
    draw: (random) => (random() < 0.5 ? 0 : -Math.log(1 - random())),
    quantile: (share) => (share <= 0.5 ? 0 : -Math.log(2 * (1 - share))),
    shareUpTo: (value) => (value < 0 ? 0 : 1 - Math.exp(-value) / 2),
  },
  { kind: "categorical", name: "2 levels", shares: [0.5, 0.5] },
  { kind: "categorical", name: "2 levels 3:1", shares: [0.75, 0.25] },
  { kind: "categorical", name: "3 levels", shares: [0.5, 0.3, 0.2] },
  { kind: "categorical", name: "5 levels", shares: [0.4, 0.3, 0.15, 0.1, 0.05] },
  { kind: "categorical", name: "20 levels (Zipf)", shares: zipf(20) },
  { kind: "categorical", name: "200 levels (Zipf)", shares: zipf(200) },
];

function shared(weights: readonly number[]): number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}
