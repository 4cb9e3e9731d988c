import { expect, test } from "vitest";
import { firstChoice, isBlocked, type RolloutChoice, startReason, versionOptions } from "./version-options.ts";

const block = {
  endpointId: "0f9d5c55-3a4d-4a43-8a53-0d9d0c9b7d01",
  versionId: "0f9d5c55-3a4d-4a43-8a53-0d9d0c9b7d02",
  model: "digits",
  version: 3,
  reason: "Errors rose 4×.",
  blockedBy: "Ada",
  blockedAt: new Date("2026-11-30T10:00Z"),
};
const choices: RolloutChoice[] = [
  { model: "digits", version: 4, problem: "is being checked" },
  { model: "digits", version: 3, block },
  { model: "digits", version: 2 },
];
const override = { versionId: block.versionId, reason: "The client was fixed." };

test("lists blocked versions with the reason, and disables them until they are chosen anyway", () => {
  expect(versionOptions(choices, undefined)).toEqual([
    { value: "digits 4", label: "digits v4, is being checked", disabled: true },
    { value: "digits 3", label: "digits v3, Blocked: Errors rose 4×", disabled: true },
    { value: "digits 2", label: "digits v2", disabled: false },
  ]);
  expect(versionOptions(choices, override)[1]).toMatchObject({
    label: "digits v3, blocked, chosen anyway",
    disabled: false,
  });
  expect(versionOptions(choices, { ...override, versionId: "another" })[1]?.disabled).toBe(true);
});

test("names who rolled back where no reason was given", () => {
  const [option] = versionOptions([{ model: "digits", version: 3, block: { ...block, reason: " " } }], undefined);
  expect(option?.label).toBe("digits v3, Blocked: rolled back by Ada without a reason");
});

test("skips blocked versions unless the address names one, which still has to be chosen anyway", () => {
  expect(firstChoice(choices, undefined)?.version).toBe(2);
  const named = firstChoice(choices, { model: "digits", version: 3 }) as RolloutChoice;
  expect(named.version).toBe(3);
  expect([isBlocked(named, undefined), isBlocked(named, override)]).toEqual([true, false]);
});

test("records why a blocked version was chosen, before what is new in it", () => {
  expect(startReason(" Better weights ", undefined)).toBe("Better weights");
  expect(startReason("", override)).toBe("Chosen although blocked: The client was fixed");
  expect(startReason("Better weights", override)).toBe("Chosen although blocked: The client was fixed. Better weights");
});
