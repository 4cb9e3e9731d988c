import { expect, test } from "vitest";
import { readTraceparent, traceparentOf } from "./trace-context.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const spanId = "b7ad6b7169203331";

test("parses a traceparent and formats it unchanged", () => {
  for (const [flags, traceFlags] of [
    ["00", 0],
    ["01", 1],
  ] as const) {
    const header = `00-${traceId}-${spanId}-${flags}`;
    const context = readTraceparent(header);
    expect(context).toEqual({ traceId, spanId, traceFlags });
    expect(context && traceparentOf(context)).toBe(header);
  }
});

test("accepts additional fields of a later version and ignores unknown flags", () => {
  expect(readTraceparent(`cc-${traceId}-${spanId}-01-what-else`)).toEqual({ traceId, spanId, traceFlags: 1 });
  expect(readTraceparent(`00-${traceId}-${spanId}-ff`)?.traceFlags).toBe(1);
});

test.each([
  undefined,
  "",
  ["two", "headers"],
  `00-${traceId}-${spanId}`,
  `00-${traceId}-${spanId}-01-more`,
  `ff-${traceId}-${spanId}-01`,
  `00-${"0".repeat(32)}-${spanId}-01`,
  `00-${traceId}-${"0".repeat(16)}-01`,
  `00-${traceId.toUpperCase()}-${spanId}-01`,
  `00-${traceId.slice(1)}-${spanId}-01`,
  `0x-${traceId}-${spanId}-01`,
])("rejects %j as a traceparent", (header) => {
  expect(readTraceparent(header)).toBeUndefined();
});
