import { describe, expect, test } from "vitest";
import { codePointAt, codePointLength, findWordPlaces, sliceCodePoints } from "./code-points.ts";
import { editSpans, emptySpans, readSpanText, type SpanStep } from "./span-editor.ts";
import { splitRuns } from "./span-runs.ts";

const text = "Soaked 😕 through, Ada says.";

describe("code points", () => {
  test("count an emoji as one, where strings count two", () => {
    expect([text.length, codePointLength(text)]).toEqual([28, 27]);
    expect(codePointAt(text, text.indexOf("through"))).toBe(9);
    expect(sliceCodePoints(text, 9, 16)).toBe("through");
  });

  test("find words, also where none has a space", () => {
    expect(findWordPlaces("a 😕 b-c").map(({ start, end }) => [start, end])).toEqual([
      [0, 1],
      [4, 5],
      [6, 7],
    ]);
    expect(findWordPlaces("今日は天気").length).toBeGreaterThan(1);
  });
});

describe("marking spans", () => {
  const source = readSpanText(text);
  const replay = (...steps: SpanStep[]) => steps.reduce((draft, step) => editSpans(source, draft, step), emptySpans());
  const go = (by: 1 | -1, extend = false, unit: "word" | "character" = "word"): SpanStep => ({
    kind: "go",
    by,
    extend,
    unit,
  });
  const words = ({ spans }: ReturnType<typeof replay>) =>
    spans.map(({ label, start, end }) => [label, sliceCodePoints(text, start, end)]);

  test("selects by word with Shift and arrows, over an emoji, and labels with a number", () => {
    const draft = replay(go(1, true), go(1, true), { kind: "classify", label: "damage" });
    expect(draft.spans).toEqual([{ label: "damage", start: 0, end: 16 }]);
    expect(words(draft)).toEqual([["damage", "Soaked 😕 through"]]);
    expect(draft.selected).toBe(0);
  });

  test("moves to the start of a word without Shift", () => {
    const draft = replay(go(1), go(1), go(1, true), { kind: "classify", label: "person" });
    expect(words(draft)).toEqual([["person", "Ada"]]);
    expect(replay(go(1), go(-1), go(-1)).focus).toBe(0);
  });

  test("selects by character with Alt and Shift", () => {
    const draft = replay(go(1, true, "character"), go(1, true, "character"), { kind: "classify", label: "late" });
    expect(words(draft)).toEqual([["late", "So"]]);
  });

  test("leaves space at the ends out, and a selection of nothing else alone", () => {
    expect(words(replay({ kind: "mark", anchor: 18, focus: 16 }, { kind: "classify", label: "x" }))).toEqual([
      ["x", ","],
    ]);
    expect(replay({ kind: "mark", anchor: 17, focus: 18 }, { kind: "classify", label: "x" }).spans).toEqual([]);
  });

  test("lengthens and shortens the selected span by words", () => {
    const one = replay({ kind: "mark", anchor: 9, focus: 16 }, { kind: "classify", label: "damage" });
    const long = editSpans(source, one, go(1, true));
    expect(words(long)).toEqual([["damage", "through, Ada"]]);
    expect(words(editSpans(source, long, { kind: "shorten", by: -1 }))).toEqual([["damage", "through"]]);
    expect(words(editSpans(source, long, { kind: "shorten", by: 1 }))).toEqual([["damage", "Ada"]]);
    expect(words(editSpans(source, one, { kind: "shorten", by: 1 }))).toEqual([["damage", "through"]]);
  });

  test("changes the class of the selected span, keeps spans in order, and adds none twice", () => {
    const late: SpanStep[] = [
      { kind: "mark", anchor: 18, focus: 21 },
      { kind: "classify", label: "person" },
    ];
    const early: SpanStep[] = [
      { kind: "mark", anchor: 0, focus: 6 },
      { kind: "classify", label: "damage" },
    ];
    const both = replay(...late, ...early, ...late);
    expect(words(both)).toEqual([
      ["damage", "Soaked"],
      ["person", "Ada"],
    ]);
    expect(both.selected).toBe(1);
    const other = editSpans(source, both, { kind: "classify", label: "late" });
    expect(words(other)).toEqual([
      ["damage", "Soaked"],
      ["late", "Ada"],
    ]);
    expect(words(editSpans(source, other, { kind: "delete" }))).toEqual([["damage", "Soaked"]]);
  });
});

test("splits a text where spans overlap, and says where each ends", () => {
  const spans = [
    { label: "a", start: 0, end: 4 },
    { label: "b", start: 2, end: 6 },
  ];
  expect(splitRuns("abcdefgh", 8, spans, { start: 6, end: 7 })).toEqual([
    { start: 0, end: 2, text: "ab", spans: [0], ending: [], isMarked: false },
    { start: 2, end: 4, text: "cd", spans: [0, 1], ending: [0], isMarked: false },
    { start: 4, end: 6, text: "ef", spans: [1], ending: [1], isMarked: false },
    { start: 6, end: 7, text: "g", spans: [], ending: [], isMarked: true },
    { start: 7, end: 8, text: "h", spans: [], ending: [], isMarked: false },
  ]);
});
