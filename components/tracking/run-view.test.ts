import { expect, test } from "vitest";
import { type RunView, readRunView, runViewHref, sortedBy } from "./run-view.ts";

const full: RunView = {
  q: 'metrics.val_accuracy > 0.9 and tags."a,b" != "x"',
  sort: { column: "metrics.val_accuracy", descending: true },
  columns: ["status", "params.a,b%2C", "metrics.val/loss"],
  page: 3,
  selected: ["r2", "r1"],
};

test("a view survives its address", () => {
  const url = new URL(runViewHref("/experiments/7", full), "http://leeway.test");
  expect(url.pathname).toBe("/experiments/7");
  expect(url.searchParams.get("sort")).toBe("-metrics.val_accuracy");
  expect(readRunView(Object.fromEntries(url.searchParams))).toEqual(full);
});

test("an address that says nothing is the plain view, and the plain view says nothing", () => {
  const plain = readRunView({});
  expect(plain).toEqual({ q: "", sort: undefined, columns: undefined, page: 1, selected: [] });
  expect(runViewHref("/experiments/7", plain)).toBe("/experiments/7");
});

test.each(["0", "-2", "1.5", "x", ""])("the page %j is the first", (page) => {
  expect(readRunView({ page }).page).toBe(1);
});

test("a second click on a head turns the order round and starts on the first page", () => {
  expect(sortedBy(full, "metrics.val_accuracy", "descending")).toMatchObject({
    page: 1,
    sort: { column: "metrics.val_accuracy", descending: false },
  });
  expect(sortedBy(full, "started", "descending").sort).toEqual({ column: "started", descending: true });
  expect(sortedBy(full, "params.lr", "ascending").sort).toEqual({ column: "params.lr", descending: false });
});
