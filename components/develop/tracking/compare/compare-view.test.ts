import { expect, test } from "vitest";
import {
  addressOf,
  comparedStyles,
  compareHref,
  readCompareView,
  readRunIds,
  writeCompareView,
} from "./compare-view.ts";

test("round-trips runs through the URL in order, without duplicates and at most thirty", () => {
  const url = new URL(compareHref(["b", "a"]), "http://leeway.test");
  expect(url.search).toBe("?runs=b,a");
  expect(readRunIds(url.searchParams.get("runs") ?? "")).toEqual(["b", "a"]);
  expect(readRunIds("a,,a,b")).toEqual(["a", "b"]);
  expect(readRunIds(Array.from({ length: 40 }, (_, index) => `r${index}`))).toHaveLength(30);
  expect(readRunIds(undefined)).toEqual([]);
});

test("keeps the colours of the charts in the address, also when runs change", () => {
  const places = new Map([
    ["a", 3],
    ["b", 3],
    ["c", 0],
  ]);
  const href = compareHref(["a", "b", "c", "d"], places);
  expect(href).toBe("/experiments/compare?runs=a.3,b.3,c.0,d");
  expect(readRunIds("a.3,b.3,c.0,d")).toEqual(["a", "b", "c", "d"]);
  const fewer = writeCompareView(new URLSearchParams("runs=a.3,b.3,c.0,d"), { runs: ["b", "d"] });
  expect(fewer.get("runs")).toBe("b.3,d");
  const styles = comparedStyles("a.3,b.3,c.0,d");
  const [a, b] = [styles.get("a"), styles.get("b")];
  // Runs of a group share its colour, and differ in the dash.
  expect([a?.colour, b?.colour, styles.get("c")?.colour]).toEqual([
    "var(--lw-series-4)",
    "var(--lw-series-4)",
    "var(--lw-series-1)",
  ]);
  expect(a?.dash).not.toBe(b?.dash);
  expect(styles.has("d")).toBe(false);
});

const view = {
  tab: "scatter" as const,
  all: true,
  axes: ["params.lr", "metrics.val/acc"],
  brushes: { "params.net": { words: ["a,b", "c~d"] }, "metrics.val/acc": { from: 0.9, to: 1 } },
  x: "params.lr",
  y: "metrics.val/acc",
  colour: "params.net",
  path: "plots/a b.png",
};

test("round-trips a view through its URL, and writes nothing for the default view", () => {
  const written = writeCompareView(new URLSearchParams("runs=a,b&smooth=0.6"), view);
  const address = addressOf("/experiments/compare", written);
  expect(address).toContain("runs=a,b&smooth=0.6");
  expect(readCompareView(new URL(address, "http://leeway.test").searchParams)).toEqual(view);
  const plain = readCompareView(new URLSearchParams());
  expect(plain).toMatchObject({ tab: "overview", all: false, axes: undefined, brushes: {}, x: undefined, path: "" });
  expect(writeCompareView(new URLSearchParams(), plain).toString()).toBe("");
});

test("writes only what changes, and treats invalid parameters as absent", () => {
  const parameters = writeCompareView(new URLSearchParams("runs=a,b&tab=curves&x=time"), { runs: ["b"] });
  expect(parameters.toString()).toBe("runs=b&tab=curves&x=time");
  expect(writeCompareView(parameters, { tab: "overview" }).has("tab")).toBe(false);
  const odd = readCompareView(
    new URLSearchParams("tab=pie&axes=name,params.lr&sx=1&brush=params.lr&brush=~1..2&brush=a~2..1"),
  );
  expect(odd).toMatchObject({ tab: "overview", axes: ["params.lr"], x: undefined, brushes: {} });
});
