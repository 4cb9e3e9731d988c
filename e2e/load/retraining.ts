import { RetrainingPolicy } from "#server/improve/retraining/contract.ts";
import { rulesOf, type Tally, thresholdRules } from "#server/improve/retraining/simulate/simulate-years.ts";
import { simulateFleets, worlds } from "#server/improve/retraining/simulate/worlds.ts";
import { atMost, type Row } from "./report.ts";

const policy = RetrainingPolicy.parse({
  triggers: [{ kind: "drift" }, { kind: "quality", source: "realised", metric: "accuracy", below: 0.9, forWindows: 2 }],
  accept: { margin: 0.01 },
});
const seed = 21;
const fleets = 4;

/**
 * Measures what a policy does in 200 model-years of each of several worlds, with fixed seeds: how often it trains without need, misses one, or
 * releases harm. The peer is the rule of most examples, on the same years: any drift or low window starts a training, and the newest rows decide.
 */
export async function run(): Promise<Row[]> {
  return Object.entries(worlds).flatMap(([name, climate]) => {
    const own = simulateFleets(rulesOf(policy), climate, fleets, seed);
    const peer = simulateFleets(thresholdRules, climate, fleets, seed);
    console.log(`${name}: ${JSON.stringify(own)}; by thresholds ${JSON.stringify(peer)}`);
    return rowsOf(name, own, peer);
  });
}

function rowsOf(world: string, own: Tally, peer: Tally): Row[] {
  const row = (limit: number, name: string, unit: string, of: (tally: Tally) => number) =>
    atMost(limit, { name: `${name}, ${world}`, unit, leeway: of(own) }, of(peer));
  return [
    row(1, "without need", "per model-year", ({ withoutNeed, modelYears }) => withoutNeed / modelYears),
    row(1, "missed needs", "%", ({ missed, needs }) => (needs === 0 ? 0 : (100 * missed) / needs)),
    row(0, "harm released", "versions", ({ harmful }) => harmful),
    row(3, "max in a week", "cycles of a model", ({ maxInAWeek }) => maxInAWeek),
    row(2, "max at once", "cycles of ten models", ({ maxAtOnce }) => maxAtOnce),
  ];
}
