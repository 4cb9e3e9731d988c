import { countsTest } from "#server/stats/drift/calibrated/counts-test.ts";
import { histogramTest } from "#server/stats/drift/calibrated/histogram-test.ts";
import { quantileEdges, tally } from "#server/stats/drift/calibrated/quantile-edges.ts";
import { multinomial } from "#server/stats/drift/quiet-weeks.ts";
import { normalFrom, type Random, seededRandom } from "#server/stats/random.ts";
import { pythonPrograms } from "../../suite/python.ts";
import { comparedTo, type Row } from "../report.ts";
import { outputOf } from "./output-of.ts";

/** A drift whose detection is measured; scipy_power.py has the same under the same name. */
export interface PowerJob {
  kind: "power";
  name: string;
  referenceRows: number;
  rows: number;
  alpha: number;
  /** Numbers: standard normal, moved and scaled in the window, or its exponential. */
  shift?: number;
  scale?: number;
  isLognormal?: boolean;
  /** Shares of levels before and after. */
  before?: readonly number[];
  after?: readonly number[];
}

const runs = 1000;
const script = "e2e/load/drift/scipy_power.py";
const packages = ["numpy==2.2.4", "scipy==1.15.3"];
/** Part of the best peer's detections that Leeway must reach. */
const part = 0.95;

const half = Array.from({ length: 50 }, (_, level) => (level < 25 ? 0.03 : 0.01));
const zipf = Array.from({ length: 20 }, (_, rank) => 1 / (rank + 1)).map(
  (weight, _, all) => weight / all.reduce((a, b) => a + b),
);
/** The rarest of twenty levels grows, at the cost of the first. */
const grown = zipf.map((share, level) =>
  level === 19 ? 4 * share : level === 0 ? share - 3 * (zipf[19] as number) : share,
);

export const powerJobs: readonly PowerJob[] = [
  { kind: "power", name: "shift 0.2 σ", referenceRows: 3000, rows: 300, alpha: 0.01, shift: 0.2 },
  { kind: "power", name: "shift 0.25 σ, α 0.001", referenceRows: 3000, rows: 300, alpha: 0.001, shift: 0.25 },
  { kind: "power", name: "shift 0.1 σ", referenceRows: 10_000, rows: 1000, alpha: 0.01, shift: 0.1 },
  {
    kind: "power",
    name: "lognormal times 1.3",
    referenceRows: 5000,
    rows: 500,
    alpha: 0.01,
    shift: Math.log(1.3) / 1.5,
    isLognormal: true,
  },
  { kind: "power", name: "scale 1.2", referenceRows: 3000, rows: 300, alpha: 0.01, scale: 1.2 },
  { kind: "power", name: "scale 0.8", referenceRows: 3000, rows: 300, alpha: 0.01, scale: 0.8 },
  {
    kind: "power",
    name: "rare level 2% to 7%",
    referenceRows: 1000,
    rows: 100,
    alpha: 0.01,
    before: [0.98, 0.02],
    after: [0.93, 0.07],
  },
  {
    kind: "power",
    name: "rare level 0.5% to 2%",
    referenceRows: 5000,
    rows: 500,
    alpha: 0.001,
    before: [0.995, 0.005],
    after: [0.98, 0.02],
  },
  {
    kind: "power",
    name: "rarest of 20 levels fourfold",
    referenceRows: 5000,
    rows: 500,
    alpha: 0.01,
    before: zipf,
    after: grown,
  },
  {
    kind: "power",
    name: "50 levels, half rarer",
    referenceRows: 1000,
    rows: 100,
    alpha: 0.01,
    before: new Array<number>(50).fill(0.02),
    after: half,
  },
];

/** Returns the share of drifted windows that alarm, each with its own reference, in percent. */
export function foundShare(job: PowerJob): number[] {
  const random = seededRandom(31);
  let hits = 0;
  for (let run = 0; run < runs; run += 1) if (isFound(job, random, String(run))) hits += 1;
  return [(100 * hits) / runs];
}

function isFound(job: PowerJob, random: Random, seed: string): boolean {
  const { referenceRows, rows, alpha, before, after, shift = 0, scale = 1, isLognormal } = job;
  if (before && after) {
    const [reference, current] = [multinomial(before, referenceRows, random), multinomial(after, rows, random)];
    const seen = reference.flatMap((count, level) => (count > 0 ? [level] : []));
    const known = seen.map((level) => current[level] as number);
    const unseen = rows - known.reduce((sum, count) => sum + count, 0);
    return countsTest({
      reference: seen.map((level) => reference[level] as number),
      current: known,
      unseen,
      alpha,
      seed,
    }).isDrift;
  }
  const value = (z: number) => (isLognormal ? Math.exp(1.5 * z) : z);
  const sorted = Float64Array.from({ length: referenceRows }, () => value(normalFrom(random))).sort();
  const edges = quantileEdges(sorted, 512);
  const current = Float64Array.from({ length: rows }, () => value(scale * normalFrom(random) + shift));
  return histogramTest({ reference: tally(sorted, edges), current: tally(current, edges), alpha, seed }).isDrift;
}

/** Measures the same with scipy at equal level: KS and Cramér–von Mises for numbers, χ² and Fisher's test for levels. */
export async function peerPower(): Promise<Map<string, [method: string, share: number][]>> {
  const programs = await pythonPrograms("venv-scipy", packages);
  if (!programs) throw new Error("scipy could not be installed: Python 3.10 with venv, and PyPI, are needed.");
  const printed = await outputOf(`${programs}/python`, [script, JSON.stringify({ runs, jobs: powerJobs })]);
  return new Map(Object.entries(JSON.parse(printed) as Record<string, [string, number][]>));
}

/** Returns a row for each drift: Leeway's detections beside those of the best of scipy's tests. */
export function powerRows(found: readonly number[][], peers: ReadonlyMap<string, [string, number][]>): Row[] {
  return powerJobs.map(({ name, referenceRows, rows }, index) => {
    const best = (peers.get(name) ?? []).reduce((most, each) => (each[1] > most[1] ? each : most), ["none", 0]);
    const leeway = (found[index] as number[])[0] as number;
    return comparedTo(
      best[1] as number,
      { name: `found, ${name}, ${referenceRows}/${rows}, vs ${best[0]}`, unit: "%", leeway },
      "at least",
      part,
    );
  });
}
