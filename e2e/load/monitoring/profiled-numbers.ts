import { normalFrom, seededRandom } from "#server/stats/random.ts";
import { buildFeatureProfile } from "#server/watch/monitoring/profiles/build/build-feature-profile.ts";
import type { ProfiledFeature } from "#server/watch/monitoring/state/contract.ts";

/** Returns a reference with `width` elements of an input "x", and the class and score of three classes: a, b, c. */
export function profiledNumbers(width: number): ProfiledFeature[] {
  const random = seededRandom(5);
  const normal = () =>
    buildFeatureProfile(
      "numeric",
      Array.from({ length: 5000 }, () => Math.fround(normalFrom(random))),
    );
  const inputs = Array.from(
    { length: width },
    (_, at): ProfiledFeature => ({ name: `x[${at}]`, role: "input", profile: normal() }),
  );
  const prediction = buildFeatureProfile("categorical", ["a", "b", "c", "a"]);
  const score = buildFeatureProfile(
    "numeric",
    Array.from({ length: 1000 }, () => 1 / 3 + random() * (2 / 3)),
  );
  return [
    ...inputs,
    { name: "prediction", role: "output", profile: prediction },
    { name: "score", role: "output", profile: score },
  ];
}
