import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { assignmentBucket } from "#server/serve/rollout/assignment-bucket.ts";
import { logIncompleteBeta } from "../beta.ts";
import { logGamma } from "../gamma.ts";
import { seededRandom } from "../random.ts";
import { shareSequence } from "./bernoulli-sequence.ts";
import { combinedLogE, pValueOf } from "./combine.ts";
import { expectedEvents, secondsFor, simulatedEvents } from "./eta.ts";
import { boundary, GridGate, safeGrid, worseGrid } from "./grid-gate.ts";
import { bandConstants, bandRadius } from "./latency.ts";
import { meanPValue, meanSequence, mixtureRatio, oneSidedMeanSequences } from "./mean-difference.ts";
import {
  betaBinomialLogMixture,
  gammaExponentialLogMixture,
  gammaPoissonLogMixture,
  mixtureBound,
  normalLogMixture,
  stitchedBound,
  twoSidedScale,
} from "./mixtures.ts";
import { type Interval, logRateRatioInterval, narrowed, twoSidedLogE } from "./rate-ratio.ts";
import { RestartGate } from "./restart-gate.ts";

interface GateStep {
  hits: number;
  misses: number;
  w: number;
  m: number;
  r?: number;
  start?: boolean;
}
interface Vector {
  name: string;
  fn: string;
  // biome-ignore lint/suspicious/noExplicitAny: every function has inputs of its own.
  inputs: any;
  expected: number | string | (number | string)[];
  tolerance: number;
  toleranceKind: "absolute" | "relative" | "exact";
}

const { vectors } = JSON.parse(readFileSync(new URL("./golden-sequential.json", import.meta.url), "utf8")) as {
  vectors: Vector[];
};

type Inputs = Vector["inputs"];
const ends = ({ low, high }: Interval) => [low, high];
const events = ({ xc, xb, rho }: Inputs) => ({ canary: xc, baseline: xb, weight: rho });
const tuning = ({ vOpt, alphaOpt }: Inputs) => ({ v: vOpt, alpha: alphaOpt });
const sides = ({ oneSided }: Inputs) => (oneSided ? 1 : 2);
const estimate = ({ diff = 0, se, n }: Inputs) => ({ value: diff, standardError: se, count: n });
const sequence = ({ alpha, nStar }: Inputs) => ({ alpha, tightestAt: nStar });
const effect = ({ w, rr, margin = 0, alpha }: Inputs) => ({ weight: w, ratio: rr, margin, alpha });

/** Returns both counts after every event of a text of c and b. */
const walk = (text: string, rho: number) => {
  let [canary, baseline] = [0, 0];
  return [...text].map((event) => {
    if (event === "c") canary += 1;
    else baseline += 1;
    return { canary, baseline, weight: rho };
  });
};

const functions: Record<string, (inputs: Inputs) => number | number[]> = {
  lgamma: ({ x }) => logGamma(x),
  logIncBeta: ({ a, b, x }) => logIncompleteBeta(x, a, b),
  mulberry32: ({ seed, n }) => Array.from({ length: n }, seededRandom(seed)),
  bucket: ({ salt, key }) => assignmentBucket(salt, key),
  boundary: ({ w, m }) => boundary(w, m),
  worseGridRatios: () => worseGrid.map(Math.exp),
  safeGridInverseRatios: () => safeGrid.map((each) => Math.exp(-each)),
  gridGate: ({ grid, steps }) => {
    const gate = new GridGate(grid === "safe" ? safeGrid : worseGrid);
    return steps.map(({ hits, misses, w, m, r = boundary(w, m) }: GateStep) => {
      gate.add(hits, misses, r);
      return gate.logE();
    });
  },
  gridGateFinal: ({ events, w, m }) => {
    const gate = new GridGate(worseGrid);
    for (const event of events) gate.add(event === "c" ? 1 : 0, event === "c" ? 0 : 1, boundary(w, m));
    return gate.logE();
  },
  restartGate: ({ planned, firstShare, steps }) => {
    expect(firstShare).toBe(0.9);
    const gate = new RestartGate(planned);
    return steps.map(({ start, hits, misses, w, m }: GateStep) => {
      if (start) gate.startStep();
      gate.add(hits, misses, boundary(w, m));
      return gate.logE();
    });
  },
  logE2: (inputs) => twoSidedLogE(events(inputs), inputs.k),
  pValue2: (inputs) => pValueOf(twoSidedLogE(events(inputs), inputs.k)),
  csDelta: (inputs) => ends(logRateRatioInterval([events(inputs)], inputs.alpha, inputs.k)),
  csDeltaRunning: ({ events, rho, k, alpha }) =>
    ends(
      walk(events, rho)
        .map((counts) => logRateRatioInterval([counts], alpha, k))
        .reduce((all, now) => narrowed(all, now) as Interval),
    ),
  firstRejection2: ({ events, rho, k, alpha }) =>
    1 + walk(events, rho).findIndex((counts) => pValueOf(twoSidedLogE(counts, k)) <= alpha),
  bernoulliCI: ({ successes, n, alpha, tOpt, alphaOpt }) =>
    ends(shareSequence({ events: successes, units: n }, alpha, { units: tOpt, alpha: alphaOpt })),
  rhoTwo: (inputs) => twoSidedScale(inputs),
  normalLogMix: (inputs) => normalLogMixture(inputs.s, inputs.v, tuning(inputs), sides(inputs)),
  normalBound: (inputs) =>
    mixtureBound((s) => normalLogMixture(s, inputs.v, tuning(inputs), sides(inputs)), inputs.alpha, inputs.v),
  gammaExponentialLogMix: (inputs) => gammaExponentialLogMixture(inputs.s, inputs.v, tuning(inputs), inputs.c),
  gammaExponentialBound: (inputs) =>
    mixtureBound((s) => gammaExponentialLogMixture(s, inputs.v, tuning(inputs), inputs.c), inputs.alpha, inputs.v),
  gammaPoissonLogMix: (inputs) => gammaPoissonLogMixture(inputs.s, inputs.v, tuning(inputs), inputs.c),
  gammaPoissonBound: (inputs) =>
    mixtureBound((s) => gammaPoissonLogMixture(s, inputs.v, tuning(inputs), inputs.c), inputs.alpha, inputs.v),
  betaBinomialLogMix: (inputs) => betaBinomialLogMixture(inputs.s, inputs.v, tuning(inputs), inputs, sides(inputs)),
  betaBinomialBound: (inputs) => {
    const logMixture = (s: number) => betaBinomialLogMixture(s, inputs.v, tuning(inputs), inputs, sides(inputs));
    return mixtureBound(logMixture, inputs.alpha, inputs.v, inputs.v / inputs.g);
  },
  polyStitchingBound: ({ v, alpha, vMin, c }) => stitchedBound(v, alpha, vMin, c),
  dkwRadius: ({ t, alpha, tMin }) => bandRadius(t, alpha, tMin),
  dkwConstant: ({ alpha }) => bandConstants.find((row) => row.alpha === alpha)?.constant ?? Number.NaN,
  acsHalfWidth: (inputs) => meanSequence(estimate(inputs), sequence(inputs)).high,
  acsOneSidedLower: (inputs) => oneSidedMeanSequences(estimate(inputs), sequence(inputs)).low,
  acsOneSidedUpper: (inputs) => oneSidedMeanSequences(estimate(inputs), sequence(inputs)).high,
  acsPValue: (inputs) => meanPValue(estimate(inputs), sequence(inputs)),
  msprt: ({ diff, theta0, n, sigma2, tau2 }) => mixtureRatio(diff - theta0, n, sigma2, tau2),
  combineLogE: ({ logE }) => combinedLogE(logE.map((each: number) => ({ share: 1 / logE.length, logE: each }))),
  combinedLogE: ({ shares, logE }) =>
    combinedLogE(shares.map((share: number, index: number) => ({ share, logE: logE[index] }))),
  etaEvents: (inputs) => expectedEvents(effect(inputs)),
  etaSeconds: ({ events, rps, p0, w, rr }) =>
    secondsFor(events, { weight: w, ratio: rr }, { unitsPerSecond: rps, baseRate: p0 }),
  etaMonteCarlo: (inputs) => {
    const { median, p90 } = simulatedEvents(effect(inputs), { runs: inputs.runs, most: inputs.cap, seed: inputs.seed });
    return [median, p90];
  },
};

const flat = (values: Vector["expected"]) => [values].flat().map(Number);

function errorOf({ expected, toleranceKind }: Vector, got: readonly number[]): number {
  const errors = flat(expected).map((value, index) => {
    const difference = value === got[index] ? 0 : Math.abs((got[index] ?? Number.NaN) - value);
    return toleranceKind === "relative" ? difference / Math.abs(value) : difference;
  });
  return got.length === errors.length ? Math.max(...errors) : Number.NaN;
}

test("matches every golden vector within its tolerance", () => {
  expect(vectors).toHaveLength(154);
  const checked = vectors.map((vector) => {
    const got = [(functions[vector.fn] as (inputs: Inputs) => number | number[])(vector.inputs)].flat();
    const error = errorOf(vector, got);
    const size = Math.max(...flat(vector.expected).filter(Number.isFinite).map(Math.abs), 0);
    return { ...vector, got, error, relative: error / (vector.toleranceKind === "relative" ? 1 : size || 1) };
  });
  const worst = checked.reduce((most, each) => (each.relative > most.relative ? each : most));
  // biome-ignore lint/suspicious/noConsole: the number that the release notes quote.
  console.info(`Worst relative error of ${checked.length} vectors: ${worst.relative.toExponential(1)}, ${worst.name}.`);
  const missed = checked.filter(({ error, tolerance }) => !(error <= tolerance));
  expect(missed.map(({ name, got, expected }) => ({ name, got, expected }))).toEqual([]);
});
