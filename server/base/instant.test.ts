import { expect, test } from "vitest";
import { Instant, IsoInstant } from "./instant.ts";

test.each(["1970-01-01T00:00:00Z", "2026-05-04T03:12:00+02:00", "2100-01-01T00:00:00Z"])("reads %s", (text) => {
  expect(Instant.parse(text)).toEqual(new Date(text));
  expect(IsoInstant.parse(text)).toEqual(new Date(text));
});

test.each([
  "1969-12-31T23:59:59Z",
  "0000-01-01T00:00:00Z",
  "2100-01-01T00:00:01Z",
  "-271821-04-20T00:00:00Z",
  "+275760-09-13T00:00:00Z",
])("refuses %s, which no range and no database should get", (text) => {
  expect(Instant.safeParse(text).success).toBe(false);
  expect(IsoInstant.safeParse(text).success).toBe(false);
});

test("says which times are accepted", () => {
  expect(Instant.safeParse("3026-05-04").error?.issues[0]?.message).toBe("Enter a time between 1970 and 2100.");
  expect(IsoInstant.safeParse("3026-05-04T00:00:00Z").error?.issues[0]?.message).toBe(
    "Enter a time between 1970 and 2100.",
  );
});
