import { expect, test } from "vitest";
import { planXAxis } from "./x-axis.ts";

const day = 86_400_000;
const range = { from: 0, to: 30 * day };

test("labels a named moment on the axis, and drops dates that would overlap it", () => {
  const plain = planXAxis("time", range, 600);
  const at = 12.5 * day;
  const { ticks, label } = planXAxis("time", range, 600, "step", { at, label: "today, 13" });
  expect(ticks).toContain(at);
  expect(label(at)).toBe("today, 13");
  const near = (58 / 600) * 30 * day;
  expect(ticks.filter((tick) => tick !== at)).toEqual(plain.ticks.filter((tick) => Math.abs(tick - at) > near));
  expect(ticks).toEqual(ticks.toSorted((one, other) => one - other));
});

test("ignores a named moment outside the range", () => {
  expect(planXAxis("time", range, 600, "step", { at: 40 * day, label: "today" }).ticks).toEqual(
    planXAxis("time", range, 600).ticks,
  );
});
