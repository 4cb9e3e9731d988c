import { expect, test } from "vitest";
import {
  findProblem,
  maxOwnPanels,
  newPanelId,
  type OwnPanel,
  readPanels,
  titleOfPanel,
  withPanel,
  writePanels,
} from "./own-panels.ts";

const scatter: OwnPanel = {
  id: "p1",
  kind: "scatter",
  title: "",
  columns: ["params.lr", "metrics.val/accuracy"],
  text: "",
};
const note: OwnPanel = { id: "p4", kind: "text", title: "Plan", columns: [], text: 'Above "96%", [see](https://x)' };

test("round-trips panels through the address", () => {
  expect(readPanels(writePanels([scatter, note]))).toEqual([scatter, note]);
  expect(writePanels([])).toBeUndefined();
});

test("keeps brushed ranges in the address, and ignores invalid ones", () => {
  const brushes = { "params.net": { words: ["cnn"] }, "metrics.loss": { from: 0.1, to: 0.4 } };
  const parallel: OwnPanel = { ...scatter, kind: "parallel", brushes };
  expect(readPanels(writePanels([parallel]))).toEqual([parallel]);
  expect(writePanels([{ ...parallel, brushes: {} }])).toBe(writePanels([{ ...scatter, kind: "parallel" }]));
  const stored = '[["p1","parallel","",["a","b"],"",[["a","2..1"],["b"],7,["a","nan"]]]]';
  expect(readPanels(stored)[0]?.brushes).toEqual({ a: { rest: "nan" } });
  expect(readPanels('[["p1","parallel","",["a","b"],"",{}]]')[0]?.brushes).toBeUndefined();
});

test.each([
  undefined,
  "",
  "{",
  "{}",
  "[1]",
  '[["p1","pie","",[],""]]',
  '[["p1","text","",[1],""]]',
  '[["","text","",[],""]]',
])("ignores the invalid text %j", (text) => {
  expect(readPanels(text)).toEqual([]);
});

test("keeps the first of two panels with one id", () => {
  expect(readPanels(writePanels([scatter, { ...note, id: "p1" }]))).toEqual([scatter]);
});

test("replaces a panel in its place, and adds a new one at the end under a free id", () => {
  expect(withPanel([scatter, note], { ...scatter, title: "T" }).map(({ title }) => title)).toEqual(["T", "Plan"]);
  expect(newPanelId([scatter, note])).toBe("p5");
  expect(newPanelId([])).toBe("p1");
});

test("says what a panel lacks", () => {
  expect(findProblem([], scatter)).toBeUndefined();
  expect(findProblem([], { ...scatter, columns: ["params.lr"] })).toBe("Select both axes.");
  expect(findProblem([], { ...scatter, kind: "line", columns: [] })).toBe("Select a metric.");
  expect(findProblem([], { ...scatter, kind: "parallel", columns: ["params.lr"] })).toBe("Select at least two axes.");
  expect(findProblem([], { ...note, text: " " })).toBe("Enter a text.");
  const full = Array.from({ length: maxOwnPanels }, (_, at) => ({ ...scatter, id: `p${at}` }));
  expect(findProblem(full, { ...note, id: "p99" })).toContain("At most 24 panels");
  expect(findProblem([], { ...note, text: "ä".repeat(1_100) })).toContain("too much text");
});

test("names a panel by its content", () => {
  expect(titleOfPanel(scatter)).toBe("val/accuracy vs lr");
  expect(titleOfPanel(note)).toBe("Plan");
  expect(titleOfPanel({ ...note, title: "" })).toBe("Notes");
  expect(titleOfPanel({ ...scatter, kind: "bar", columns: ["val/loss"] })).toBe("val/loss");
});
