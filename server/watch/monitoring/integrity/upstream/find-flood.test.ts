import { expect, test } from "vitest";
import { normalFrom, type Random, seededRandom } from "#server/stats/random.ts";
import { numericProfile, stateOf } from "../../../../testing/fixtures/monitoring/integrity/upstream/testing.ts";
import type { NumericState } from "../../state/contract.ts";
import { findFlood } from "./find-flood.ts";

const inFiftieths = (value: number) => Math.round(value * 50) / 50;
const winter = (random: Random) => inFiftieths(37 + 11 * normalFrom(random));

test("does not report a season as a default value, even with few rows and wide bins", () => {
  const random = seededRandom(5);
  for (let seed = 0; seed < 300; seed++) {
    const reference = Array.from({ length: 5000 }, () => winter(random));
    const profile = numericProfile(reference, { bins: [20, 64, 512][seed % 3] as number });
    const [warmth, spread] = [3 + (seed % 15) * 2, 0.5 + (seed % 7) * 0.1];
    const spring = () => inFiftieths(37 + warmth + 11 * spread * normalFrom(random));
    const values = Array.from({ length: [60, 150, 400][seed % 3] as number }, spring);
    const found = findFlood(profile, stateOf(profile, values) as NumericState);
    expect(found, `${warmth} degrees, ${spread} times the spread`).toBeUndefined();
  }
});

test("detects an unfamiliar default value that concentrates in a narrow range", () => {
  const random = seededRandom(6);
  const profile = numericProfile(Array.from({ length: 5000 }, () => winter(random)));
  const values = Array.from({ length: 1000 }, () => (random() < 0.3 ? 32 : winter(random)));
  const found = findFlood(profile, stateOf(profile, values) as NumericState);
  expect(found?.value).toBeCloseTo(32, 0);
  expect(found?.share).toBeCloseTo(0.3, 1);
});
