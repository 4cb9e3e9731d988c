import { seededRandom } from "#server/stats/random.ts";
import { type Climate, drawCourses } from "./made-years.ts";
import { type Rules, simulateYears, type Tally } from "./simulate-years.ts";

const usual: Climate = {
  shifts: 2,
  conceptual: 0.1,
  weather: 6,
  holidays: 4,
  feedFailures: 1,
  badDeployments: 0.5,
  poisonings: 0.5,
  labelsPerDay: 60,
};

/** Worlds that a policy must do well in, whatever it was made for. */
export const worlds = {
  usual,
  "no shifts": { ...usual, shifts: 0 },
  storms: { ...usual, weather: 40, holidays: 30, feedFailures: 4 },
  "careless people": { ...usual, badDeployments: 4, poisonings: 4 },
  "few labels": { ...usual, labelsPerDay: 10 },
  "clean labels": { ...usual, poisonings: 0, conceptual: 0 },
} satisfies Record<string, Climate>;

/**
 * Runs fleets of ten models that share a feed, for five years each, and adds up what came of them.
 * @param fleets four are 200 model-years
 */
export function simulateFleets(rules: Rules, climate: Climate, fleets: number, seed: number): Tally {
  const random = seededRandom(seed);
  const tallies = Array.from({ length: fleets }, () =>
    simulateYears(rules, drawCourses(10, 5, climate, random), random),
  );
  const sum = (of: (tally: Tally) => number) => tallies.reduce((total, tally) => total + of(tally), 0);
  const max = (of: (tally: Tally) => number) => Math.max(...tallies.map(of));
  return {
    modelYears: sum(({ modelYears }) => modelYears),
    cycles: sum(({ cycles }) => cycles),
    adopted: sum(({ adopted }) => adopted),
    withoutNeed: sum(({ withoutNeed }) => withoutNeed),
    needs: sum(({ needs }) => needs),
    unmet: sum(({ unmet }) => unmet),
    missed: sum(({ missed }) => missed),
    harmful: sum(({ harmful }) => harmful),
    maxInAWeek: max(({ maxInAWeek }) => maxInAWeek),
    maxAtOnce: max(({ maxAtOnce }) => maxAtOnce),
  };
}
