import { expect, test } from "vitest";
import { clientAddress } from "./client-address.ts";
import { grpcMessage } from "./status.ts";
import { readTimeout } from "./timeout.ts";

test.each([
  [undefined, undefined],
  ["20S", 20_000],
  ["1H", 3_600_000],
  ["1500m", 1_500],
  ["5u", 0.005],
  // Months: longer than a timer of Node takes.
  ["99999999H", undefined],
  ["999999999S", null],
  ["-1S", null],
  ["", null],
])("reads the deadline %j", (header, expected) => expect(readTimeout(header)).toBe(expected));

test.each([
  ["plain text", "plain text"],
  ["50%", "50%25"],
  ["a\nb", "a%0Ab"],
  ["é", "%C3%A9"],
  ["\ud800", "%EF%BF%BD"],
])("writes the message %j", (text, expected) => expect(grpcMessage(text)).toBe(expected));

test("cuts a long message between characters", () => {
  const written = grpcMessage("ü".repeat(5_000));
  expect(written.length).toBeLessThanOrEqual(4_096);
  expect(decodeURIComponent(written)).toMatch(/^ü+$/);
});

test.each([
  ["10.0.0.1", "6.6.6.6, 198.51.100.7", false, "10.0.0.1"],
  ["10.0.0.1", "6.6.6.6, 198.51.100.7", 1, "198.51.100.7"],
  ["10.0.0.1", "6.6.6.6, 198.51.100.7", 2, "6.6.6.6"],
  ["10.0.0.1", "6.6.6.6, 198.51.100.7, 10.0.0.2", ["10.0.0.0/8"], "198.51.100.7"],
  ["10.0.0.1", "2001:db8::1", ["10.0.0.1"], "2001:db8::1"],
  ["10.0.0.1", "junk", 1, "10.0.0.1"],
  ["192.0.2.1", "6.6.6.6", ["10.0.0.0/8"], "192.0.2.1"],
] as const)("finds the client of %s behind %s", (peer, forwarded, trust, expected) =>
  expect(clientAddress(peer, forwarded, trust as never)).toBe(expected),
);
