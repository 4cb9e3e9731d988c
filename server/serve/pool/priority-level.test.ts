import { expect, test } from "vitest";
import { priorityLevel } from "./priority-level.ts";
import { backgroundPriority } from "./waiting-request.ts";

test("limits a requested priority to the levels, and gives requests without one the default", () => {
  const priorities = { levels: 3, default: 2 };
  expect([1, 2, 3, 9, 0].map((priority) => priorityLevel(priority, priorities))).toEqual([0, 1, 2, 2, 1]);
});

test("ignores priorities without levels, and puts background requests behind all others", () => {
  expect(priorityLevel(5, { levels: 0, default: 0 })).toBe(0);
  expect(priorityLevel(backgroundPriority, { levels: 0, default: 0 })).toBe(1);
  expect(priorityLevel(backgroundPriority, { levels: 3, default: 2 })).toBe(3);
});
