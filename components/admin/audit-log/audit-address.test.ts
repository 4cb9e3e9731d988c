import { expect, test } from "vitest";
import { auditAddress, auditView } from "./audit-address.ts";

test("round-trips a view through its URL", () => {
  const view = { q: 'actor = "A & B"', scope: "installation" as const, before: 12, entry: 7 };
  const parameters = Object.fromEntries(new URL(auditAddress(view), "http://x").searchParams);
  expect(auditView(parameters)).toEqual(view);
});

test("returns the short URL for the complete log", () => {
  expect(auditAddress({ q: "" })).toBe("/audit");
});

test("ignores invalid parameters of a URL", () => {
  expect(auditView({ q: ["a", "b"], scope: "all", before: "-1", entry: "x" })).toEqual({ q: "" });
});
