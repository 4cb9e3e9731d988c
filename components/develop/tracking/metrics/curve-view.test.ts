import { expect, test } from "vitest";
import { type CurveView, readCurveView, writeCurveView } from "./curve-view.ts";

const read = (query: string) => {
  const parameters = new URLSearchParams(query);
  return readCurveView((name) => parameters.get(name));
};
const plain: CurveView = { x: "step", smooth: 0, log: false, zoom: undefined, fit: false, metric: "" };

test("round-trips a view through its URL, and writes nothing for the default view", () => {
  const view: CurveView = {
    x: "relative",
    smooth: 0.6,
    log: true,
    zoom: { from: 1000, to: 9000 },
    fit: true,
    metric: "loss",
  };
  const { x, ...rest } = view;
  const written = writeCurveView(writeCurveView(new URLSearchParams("runs=a,b"), { x }), rest);
  expect(read(written.toString())).toEqual(view);
  expect(written.get("runs")).toBe("a,b");
  expect(read("")).toEqual(plain);
  expect(writeCurveView(new URLSearchParams(), plain).toString()).toBe("");
});

test("ignores invalid parameters", () => {
  expect(read("x=sideways&smooth=7&zoom=5..1&log=yes")).toEqual(plain);
});

test("clears the zoom when the axis changes, and the y fit when the zoom is reset", () => {
  const zoomed = new URLSearchParams("zoom=1..2&fit=1");
  expect(writeCurveView(zoomed, { x: "time" }).toString()).toBe("x=time");
  expect(writeCurveView(zoomed, { zoom: undefined }).toString()).toBe("");
  expect(writeCurveView(zoomed, { log: true }).toString()).toBe("zoom=1..2&fit=1&log=1");
});
