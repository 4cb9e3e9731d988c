import { expect, test } from "vitest";
import { reachedStep } from "./contract.ts";

const ended = { fromStep: null, lastStep: 119, endedAt: new Date(0) };
const open = { fromStep: null, lastStep: null, endedAt: null };

test.each([
  ["none without attempts", [], null],
  ["that of an attempt that ended", [ended], 119],
  ["that which a resumed one began with, before it logs any", [ended, { ...open, fromStep: 100 }], 100],
  ["that which it has logged then, also below the lost ones", [ended, { ...open, fromStep: 100, lastStep: 104 }], 104],
  ["none while one that began again has logged none", [ended, open], null],
  ["the last known one, where an attempt ended without any", [ended, { ...open, endedAt: new Date(1) }], 119],
])("is %s", (_, attempts, step) => {
  expect(reachedStep(attempts)).toBe(step);
});
