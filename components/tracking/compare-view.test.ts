import { expect, test } from "vitest";
import { compareHref, readRunIds } from "./compare-view.ts";

test("runs survive the address, in their order, each once and at most ten", () => {
  const url = new URL(compareHref(["b", "a"], { all: true }), "http://leeway.test");
  expect(url.search).toBe("?runs=b,a&all=1");
  expect(readRunIds(url.searchParams.get("runs") ?? "")).toEqual(["b", "a"]);
  expect(readRunIds("a,,a,b")).toEqual(["a", "b"]);
  expect(readRunIds(Array.from({ length: 20 }, (_, index) => `r${index}`))).toHaveLength(10);
  expect(readRunIds(undefined)).toEqual([]);
});
