import { expect, test } from "vitest";
import { readFlightTable } from "../recording.ts";
import { countNights } from "./flight-arrivals.ts";

test("maps the last 28 days of flights to the last 28 nights at 03:00, none in the future", async () => {
  const table = await readFlightTable();
  const counts = countNights(table, Date.parse("2026-05-04T02:59:00Z"));
  expect(counts).toHaveLength(28);
  expect(counts[0]?.minute.toISOString()).toBe("2026-04-06T03:00:00.000Z");
  // 30 December 2013: 15 flights, of which 12 were on time.
  expect(counts.at(-1)).toEqual({ minute: new Date("2026-05-03T03:00:00Z"), good: 12, total: 15 });
  expect(countNights(table, Date.parse("2026-05-04T03:00:00Z")).at(-1)?.minute).toEqual(
    new Date("2026-05-04T03:00:00Z"),
  );
});
