import { describe, expect, test } from "vitest";
import type { AnswerControl, LabelTaskKind } from "#server/improve/labelling/contract.ts";
import { type Draft, newDraft, readDraft, toggleLabel } from "./draft.ts";

const control = (kind: LabelTaskKind, extra: Partial<AnswerControl> = {}): AnswerControl => ({
  name: "answer",
  toName: "item",
  kind,
  type: "choices",
  isRequired: true,
  classes: ["dent", "tear", "wet"].map((name) => ({ name, title: name })),
  ...extra,
});
const read = (of: AnswerControl, part: Partial<Draft>) => readDraft(of, { ...newDraft(of, null), ...part });

describe("reading an answer", () => {
  test.each([
    ["4.2", {}, { value: { kind: "number", number: 4.2 } }],
    ["", {}, { problem: "Enter a number, with a point for decimals." }],
    ["4,2", {}, { problem: "Enter a number, with a point for decimals." }],
    ["-1", { min: 0 }, { problem: "Must be at least 0." }],
    ["11", { max: 10 }, { problem: "Must be at most 10." }],
    ["0.3", { step: 0.1 }, { value: { kind: "number", number: 0.3 } }],
    ["0.35", { step: 0.1 }, { problem: "Must be in steps of 0.1." }],
    ["3", { min: 1, step: 2 }, { value: { kind: "number", number: 3 } }],
  ])("number %j with %j", (text, limits, expected) => {
    expect(read(control("number", limits), { text })).toEqual(expected);
  });

  test("requires a class, a rating and a text", () => {
    expect(read(control("class"), {})).toEqual({ problem: "Choose a class." });
    expect(read(control("multilabel"), {})).toEqual({ problem: "Choose at least one class." });
    expect(read(control("ordinal"), {})).toEqual({ problem: "Choose a rating." });
    expect(read(control("text"), { text: " " })).toEqual({ problem: "Enter a text." });
  });

  test("takes no class where none is required, and an answer without boxes", () => {
    expect(read(control("multilabel", { isRequired: false }), {})).toEqual({
      value: { kind: "multilabel", labels: [] },
    });
    expect(read(control("boxes"), {})).toEqual({ value: { kind: "boxes", boxes: [] } });
  });

  test.each([
    [control("class"), { kind: "class", label: "tear" }],
    [control("multilabel"), { kind: "multilabel", labels: ["dent", "wet"] }],
    [control("spans"), { kind: "spans", spans: [{ label: "dent", start: 0, end: 4 }] }],
    [control("number"), { kind: "number", number: 0.5 }],
    [control("text"), { kind: "text", text: "two\nlines" }],
    [control("ordinal"), { kind: "ordinal", rating: 3 }],
  ] as const)("opens with the answer that was undone: %#", (of, value) => {
    expect(readDraft(of, newDraft(of, value as never))).toEqual({ value });
  });

  test("lists chosen classes in the order of the configuration", () => {
    const of = control("multilabel");
    const both = toggleLabel(toggleLabel(newDraft(of, null), of, "wet"), of, "dent");
    expect(both.labels).toEqual(["dent", "wet"]);
    expect(toggleLabel(both, of, "dent").labels).toEqual(["wet"]);
  });
});
