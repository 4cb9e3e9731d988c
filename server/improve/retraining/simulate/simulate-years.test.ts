import { expect, test } from "vitest";
import { RetrainingPolicy } from "../contract.ts";
import { rulesOf } from "./simulate-years.ts";
import { simulateFleets, worlds } from "./worlds.ts";

const rules = rulesOf(
  RetrainingPolicy.parse({
    triggers: [
      { kind: "drift" },
      { kind: "quality", source: "realised", metric: "accuracy", below: 0.9, forWindows: 2 },
    ],
    accept: { margin: 0.01 },
  }),
);

// 50 model-years each; `npm run bench -- retraining` runs 200, beside rules without these limits.
test.each(["usual", "no shifts", "storms", "careless people"] as const)(
  "trains seldom without need, misses hardly a need, and releases no harm in a world of %s",
  (world) => {
    const tally = simulateFleets(rules, worlds[world], 1, 21);
    expect(tally.withoutNeed / tally.modelYears).toBeLessThanOrEqual(1);
    // One of about 60 where a shift is as small as the limit is noisy.
    expect(tally.missed).toBeLessThanOrEqual(1);
    expect(tally.harmful).toBe(0);
    expect(tally.maxInAWeek).toBeLessThanOrEqual(3);
    expect(tally.maxAtOnce).toBeLessThanOrEqual(2);
    if (world === "usual") expect(tally.unmet / tally.needs).toBeLessThan(0.25);
  },
);

test("meets nearly all needs where labels are clean", () => {
  const { adopted, needs, unmet } = simulateFleets(rules, worlds["clean labels"], 1, 22);
  expect(needs).toBeGreaterThan(40);
  expect(unmet / needs).toBeLessThan(0.12);
  expect(adopted).toBeGreaterThan(needs - unmet);
});
