import type { Signature } from "#server/develop/registry/onnx/contract.ts";
import { Pipeline } from "#server/develop/registry/pipeline/definition.ts";
import { normalFrom, type Random, seededRandom } from "#server/stats/random.ts";
import { mlpSignature } from "#server/testing/fixtures/serving/testing.ts";
import { buildFeatureProfile } from "#server/watch/monitoring/profiles/build/build-feature-profile.ts";
import type { ProfiledFeature } from "#server/watch/monitoring/state/contract.ts";

/** Drift of the flights; 0 is no change from the reference. */
interface Season {
  warmth: number;
  newCarrierShare: number;
}

const levels = (prefix: string, count: number) => Array.from({ length: count }, (_, at) => `${prefix}${at}`);
const carriers = ["UA", "DL", "AA", "B6", "EV", "MQ", "US", "WN", "VX", "FL", "AS", "F9"];
const origins = ["EWR", "JFK", "LGA"];
const [destinations, planes] = [levels("D", 80), levels("P", 20)];

type Draw = (random: Random, season: Season) => number | string;

/** Twenty inputs of a model of late flights. */
const draws: Record<string, Draw> = {
  month: (random) => 1 + Math.floor(12 * random()),
  weekday: (random) => 1 + Math.floor(7 * random()),
  hour: (random) => 5 + Math.floor(18 * random()),
  distance: (random) => Math.round(100 + 900 * Math.exp(0.6 * normalFrom(random))),
  airTime: (random) => Math.round(30 + 110 * Math.exp(0.6 * normalFrom(random))),
  seats: (random) => 50 + 10 * Math.floor(25 * random()),
  planeAge: (random) => Math.floor(25 * random() ** 1.5),
  temperature: (random, { warmth }) => round(12 + 9 * warmth + 9 * normalFrom(random)),
  dewPoint: (random, { warmth }) => round(5 + 6 * warmth + 8 * normalFrom(random)),
  humidity: (random) => round(62 + 18 * normalFrom(random)),
  pressure: (random) => round(1017 + 7 * normalFrom(random)),
  windSpeed: (random) => round(-10 * Math.log(1 - random())),
  windGust: (random) => (random() < 0.7 ? 0 : round(20 - 8 * Math.log(1 - random()))),
  precipitation: (random) => (random() < 0.92 ? 0 : round(-3 * Math.log(1 - random()))),
  visibility: (random) => (random() < 0.85 ? 10 : round(10 * random())),
  delayBefore: (random) => Math.round(-15 * Math.log(1 - random()) - 8),
  carrier: (random, { newCarrierShare }) => (random() < newCarrierShare ? "ZZ" : skewed(carriers, random)),
  origin: (random) => skewed(origins, random),
  destination: (random) => skewed(destinations, random),
  plane: (random) => skewed(planes, random),
};
const inputNames = Object.keys(draws);
const isText = new Set(["carrier", "origin", "destination", "plane"]);
const textLevels: Record<string, string[]> = {
  carrier: carriers,
  origin: origins,
  destination: destinations,
  plane: planes,
};
const outputNames = ["prediction", "score"];

/** Rows side by side, a column for each input, the prediction and the score. */
export type FlightColumns = Map<string, (number | string)[]>;

/** Draws random flights. @param season distance from the reference */
export function drawFlights(rows: number, season: Season, seed: number): FlightColumns {
  const random = seededRandom(seed);
  const columns: FlightColumns = new Map([...inputNames, ...outputNames].map((name) => [name, []]));
  for (let row = 0; row < rows; row += 1) {
    const values = new Map(inputNames.map((name) => [name, (draws[name] as Draw)(random, season)]));
    const number = (name: string) => Number(values.get(name));
    const logit =
      -2 +
      0.05 * number("delayBefore") +
      0.04 * number("windSpeed") +
      0.03 * number("temperature") +
      0.5 * normalFrom(random);
    const score = 1 / (1 + Math.exp(-logit));
    values.set("score", score).set("prediction", score >= 0.5 ? "late" : "on time");
    for (const [name, value] of values) columns.get(name)?.push(value);
  }
  return columns;
}

/** Returns the reference profile of these rows. */
export function profileOf(columns: FlightColumns): ProfiledFeature[] {
  return [...columns].map(([name, values]) => ({
    name,
    role: outputNames.includes(name) ? "output" : "input",
    profile: buildFeatureProfile(typeof values[0] === "string" ? "categorical" : "numeric", values),
  }));
}

/** Returns a model with one small layer that accepts the output of the pipeline. */
export function flightModel(): { width: number; signature: Signature; pipeline: Pipeline } {
  const columns = inputNames.map((name) => ({
    name,
    datatype: isText.has(name) ? ("BYTES" as const) : ("FP64" as const),
  }));
  const steps = Object.entries(textLevels).map(([column, levels]) => ({
    step: "one-hot" as const,
    column,
    levels,
    unknown: "zeros" as const,
  }));
  const width = inputNames.length - isText.size + Object.values(textLevels).flat().length;
  return {
    width,
    pipeline: Pipeline.parse({ before: [{ kind: "columns", columns, into: "x", steps }] }),
    signature: {
      ...mlpSignature,
      inputs: [{ name: "x", datatype: "FP32", shape: ["N", width] }],
      outputs: [{ name: "y", datatype: "FP32", shape: ["N", 2] }],
      labels: ["on time", "late"],
    },
  };
}

/** Picks a random level; the first ones are far more frequent than the last. */
function skewed(levels: readonly string[], random: Random): string {
  return levels[Math.floor(levels.length * random() ** 2.5)] as string;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
