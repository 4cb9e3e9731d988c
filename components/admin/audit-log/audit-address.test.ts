import { expect, test } from "vitest";
import { auditAddress, auditView } from "./audit-address.ts";

test("a view survives its address", () => {
  const view = { q: 'actor = "A & B"', before: 12, entry: 7 };
  const parameters = Object.fromEntries(new URL(auditAddress(view), "http://x").searchParams);
  expect(auditView(parameters)).toEqual(view);
});

test("the whole log has the short address", () => {
  expect(auditAddress({ q: "" })).toBe("/audit");
});

test("nonsense in an address is left out", () => {
  expect(auditView({ q: ["a", "b"], before: "-1", entry: "x" })).toEqual({ q: "" });
});
