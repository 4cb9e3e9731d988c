import { expect, test } from "vitest";
import { headingSlug } from "./heading-slug.ts";

test.each([
  ["Alert rules", "alert-rules"],
  ["A/B comparison", "ab-comparison"],
  ["R4 Rollouts", "r4-rollouts"],
  ["6.9 PSI, net of noise", "69-psi-net-of-noise"],
  ["Prometheus and `amtool`", "prometheus-and-amtool"],
])("gives %s the same anchor as GitHub", (heading, slug) => {
  expect(headingSlug(heading)).toBe(slug);
});
