import { expect, test } from "vitest";
import { readConfig } from "#server/admin/settings/config.ts";
import { localTraining } from "./local-training.ts";

const programs = ["a", "c"].map((letter) => ({ sha256: letter.repeat(64) }));
const sums = programs.map(({ sha256 }) => sha256);
const other = "b".repeat(64);

/** What the product allows then. */
function allowedBy(environment: Record<string, string>, hasPython = true) {
  const { variables, offBecause } = localTraining(environment, programs, { hasPython });
  const { hasLocalTraining, localPackages } = readConfig({ ...environment, ...variables });
  return { isOn: hasLocalTraining, packages: [...(localPackages ?? ["everything"])], offBecause };
}

test.each<Record<string, string>>([
  {},
  { LOCAL_TRAINING: "true" },
  { LOCAL_TRAINING: "1" },
  { LOCAL_TRAINING: "" },
  { LOCAL_TRAINING_PACKAGES: " " },
])("allows the demo's programs and no other: %o", (environment) => {
  expect(allowedBy(environment)).toEqual({ isOn: true, packages: sums, offBecause: null });
});

test.each(["false", "0", "no", "Off"])("LOCAL_TRAINING=%s switches it off, and says so", (value) => {
  expect(allowedBy({ LOCAL_TRAINING: value })).toMatchObject({ isOn: false, offBecause: `LOCAL_TRAINING=${value}` });
});

test("allows nothing without Python, and no other program where it is switched on nevertheless", () => {
  expect(allowedBy({}, false)).toMatchObject({ isOn: false, offBecause: expect.stringContaining("python3") });
  expect(allowedBy({ LOCAL_TRAINING: "true" }, false)).toMatchObject({ packages: sums });
});

test("submits nothing where a list of other programs would refuse it", () => {
  expect(allowedBy({ LOCAL_TRAINING_PACKAGES: other })).toEqual({
    isOn: true,
    packages: [other],
    offBecause: expect.stringContaining(sums.join(", ")),
  });
  const half = `${other}, ${sums[0]}`;
  expect(allowedBy({ LOCAL_TRAINING_PACKAGES: half }).offBecause).toContain(sums[1]);
  expect(allowedBy({ LOCAL_TRAINING_PACKAGES: `${half}, ${sums[1]}` }).offBecause).toBeNull();
});
