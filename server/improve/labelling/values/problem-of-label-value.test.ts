import { expect, test } from "vitest";
import type { LabelTaskKind, LabelValue } from "../contract.ts";
import { makeLabelConfig } from "../projects/make-label-config.ts";
import { problemOfLabelValue } from "./problem-of-label-value.ts";

const configOf = (taskKind: LabelTaskKind, range?: { min?: number; max?: number }) =>
  makeLabelConfig({ taskKind, classes: ["a", "b"], shown: undefined, question: "", range });

const box = (x: number, width: number, changes: object = {}) => ({
  kind: "boxes" as const,
  boxes: [{ label: "a", x, y: 0, width, height: 10, ...changes }],
});
const span = (start: number, end: number) => ({ kind: "spans" as const, spans: [{ label: "b", start, end }] });

const fits: [LabelTaskKind, LabelValue][] = [
  ["class", { kind: "class", label: "a" }],
  ["multilabel", { kind: "multilabel", labels: [] }],
  ["boxes", box(60, 40)],
  // Place and width rounded apart from each other, as pages do.
  ["boxes", box(0.13, 99.88)],
  // A turned box may start anywhere: Label Studio turns it around its corner.
  ["boxes", box(90, 40, { rotation: 90 })],
  ["spans", span(0, 4)],
  ["number", { kind: "number", number: -3.5 }],
  ["text", { kind: "text", text: "hello" }],
  ["ordinal", { kind: "ordinal", rating: 5 }],
];

const problems: [LabelTaskKind, LabelValue, string][] = [
  ["class", { kind: "text", text: "a" }, 'This project expects "class", not "text".'],
  ["class", { kind: "class", label: "c" }, '"c" is not a class of this project.'],
  ["multilabel", { kind: "multilabel", labels: ["a", "a"] }, '"a" is listed twice.'],
  ["boxes", box(61, 40), "A box reaches beyond the picture."],
  ["boxes", box(61, 0), "A box has no area."],
  ["boxes", box(0, 10, { label: "c" }), '"c" is not a class of this project.'],
  ["spans", span(2, 2), "A span must end after its start."],
  ["spans", span(0, 5), "A span ends at 5, and the text at 4."],
  ["text", { kind: "text", text: " " }, "Enter a text."],
  ["ordinal", { kind: "ordinal", rating: 6 }, "Must be at most 5."],
];

// Four characters, of which one takes two units of UTF-16: spans are counted in code points.
const data = { text: "a😀bc" };

test.each(fits)("accepts an answer that fits: %s %j", (kind, value) => {
  expect(problemOfLabelValue(configOf(kind), value, data)).toBeUndefined();
});

test.each(problems)("names what is wrong with an answer: %s %j", (kind, value, problem) => {
  expect(problemOfLabelValue(configOf(kind), value, data)).toBe(problem);
});

test("checks the bounds of a number, and the text of spans only where it is at hand", () => {
  const config = configOf("number", { min: 0, max: 10 });
  expect(problemOfLabelValue(config, { kind: "number", number: -1 })).toBe("Must be at least 0.");
  expect(problemOfLabelValue(configOf("spans"), span(0, 5))).toBeUndefined();
});
