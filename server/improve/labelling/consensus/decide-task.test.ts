import { expect, test } from "vitest";
import type { AnswerControl, LabelValue } from "../contract.ts";
import { rememberAgreement } from "../values/labels-agree.ts";
import { decideTask } from "./decide-task.ts";

const classes = ["a", "b", "c"].map((name) => ({ name, title: name }));
const control: AnswerControl = {
  name: "answer",
  toName: "row",
  kind: "class",
  type: "choices",
  isRequired: true,
  classes,
};
const settings = { stop: 0.95, minAnswers: 1, maxAnswers: 5 };
const base = { control, settings, least: 1, pool: 0.85, model: null };

const answer = (value: LabelValue | null, changes: object = {}) => ({
  value,
  correct: 0,
  seen: 0,
  isExcluded: false,
  ...changes,
});
const labels = (...names: (string | null)[]) =>
  names.map((name) => answer(name === null ? null : { kind: "class", label: name }));

test("settles by the posterior, after at least as many answers as the task takes", () => {
  expect(decideTask({ ...base, answers: labels("a") })).toMatchObject({ verdict: "more", label: { label: "a" } });
  // 0.85² / (0.85² + 2 · 0.075²)
  expect(decideTask({ ...base, answers: labels("a", "a") })).toMatchObject({ verdict: "settled", people: 2 });
  expect(decideTask({ ...base, answers: labels("a", "a") }).posterior).toBeCloseTo(
    0.7225 / (0.7225 + 2 * 0.075 ** 2),
    12,
  );
  expect(decideTask({ ...base, answers: labels("a", "a"), least: 3 }).verdict).toBe("more");
  const expert = { correct: 99, seen: 100 };
  expect(decideTask({ ...base, answers: [answer({ kind: "class", label: "b" }, expert)] }).verdict).toBe("settled");
});

test("sends disagreements to review at the maximum, and where two cannot decide", () => {
  expect(decideTask({ ...base, answers: labels("a", "b", "c", "a", "b") }).verdict).toBe("disagreement");
  expect(decideTask({ ...base, answers: labels("a", null, null) }).verdict).toBe("cannot-tell");
  expect(decideTask({ ...base, answers: labels("a", null) }).verdict).toBe("more");
  // Sent back after two could not decide: others answer first.
  expect(decideTask({ ...base, answers: labels(null, null), least: 3 }).verdict).toBe("more");
});

test("lets the majority of a fixed number settle, and a tie go to review", () => {
  const fixed = { ...base, settings: { stop: 0.9999, minAnswers: 2, maxAnswers: 2 } };
  expect(decideTask({ ...fixed, answers: labels("a") }).verdict).toBe("more");
  expect(decideTask({ ...fixed, answers: labels("a", "a") }).verdict).toBe("settled");
  expect(decideTask({ ...fixed, answers: labels("a", "b") }).verdict).toBe("disagreement");
  const one = { ...base, settings: { stop: 0.95, minAnswers: 1, maxAnswers: 1 } };
  expect(decideTask({ ...one, answers: labels("c") })).toMatchObject({ verdict: "settled", label: { label: "c" } });
});

test("leaves excluded people and removed classes out, and lets the model vote where it may", () => {
  const [excluded] = labels("b");
  const answers = [...labels("a", "a"), ...(excluded ? [{ ...excluded, isExcluded: true }] : [])];
  expect(decideTask({ ...base, answers })).toMatchObject({ verdict: "settled", people: 2 });
  expect(decideTask({ ...base, answers: labels("gone") })).toMatchObject({ verdict: "more", label: null });
  expect(decideTask({ ...base, answers: labels("a"), model: [0.9, 0.05, 0.05] }).verdict).toBe("settled");
  expect(decideTask({ ...base, answers: labels("a"), model: [0.9, 0.1] }).verdict).toBe("more");
});

test("settles ratings as classes, and each class of a multi-label answer as a question", () => {
  const rating = { ...control, kind: "ordinal" as const, type: "rating" as const, classes: [], max: 5 };
  const four = answer({ kind: "ordinal", rating: 4 });
  expect(decideTask({ ...base, control: rating, answers: [four, four] })).toMatchObject({
    verdict: "settled",
    label: { kind: "ordinal", rating: 4 },
  });
  const sets = { ...control, kind: "multilabel" as const };
  const given = (...names: string[]) => answer({ kind: "multilabel", labels: names });
  expect(decideTask({ ...base, control: sets, answers: [given("a", "b"), given("b", "a")] })).toMatchObject({
    verdict: "settled",
    label: { labels: ["a", "b"] },
  });
  expect(decideTask({ ...base, control: sets, answers: [given("a"), given("a", "b")] })).toMatchObject({
    verdict: "more",
    posterior: 0.5,
  });
});

test("settles numbers, texts and boxes by agreement", () => {
  const number = { ...control, kind: "number" as const, type: "number" as const, classes: [], step: 1 };
  const of = (value: number) => answer({ kind: "number", number: value });
  expect(decideTask({ ...base, control: number, answers: [of(10)] }).verdict).toBe("settled");
  expect(decideTask({ ...base, control: number, answers: [of(10), of(20)] }).verdict).toBe("more");
  expect(decideTask({ ...base, control: number, answers: [of(10), of(20), of(11), of(10.5)] })).toMatchObject({
    verdict: "settled",
    label: { number: 10.5 },
    posterior: null,
  });
  const text = { ...control, kind: "text" as const, type: "textarea" as const, classes: [] };
  const said = (words: string) => answer({ kind: "text", text: words });
  expect(decideTask({ ...base, control: text, answers: [said("Lot  7"), said("lot 7")] }).verdict).toBe("settled");
  const boxes = { ...control, kind: "boxes" as const, type: "rectanglelabels" as const };
  const drawn = (x: number) => answer({ kind: "boxes", boxes: [{ label: "a", x, y: 10, width: 40, height: 40 }] });
  expect(decideTask({ ...base, control: boxes, answers: [drawn(10), drawn(12)] }).verdict).toBe("settled");
  expect(decideTask({ ...base, control: boxes, answers: [drawn(10), drawn(45)] }).verdict).toBe("more");
});

test("merges boxes that agree: what more than half drew, as the mean by accuracy", () => {
  const boxes = { ...control, kind: "boxes" as const, type: "rectanglelabels" as const };
  const box = (x: number, more: object = {}) => ({ label: "a", x, y: 10, width: 40, height: 40, ...more });
  const drew = (drawn: ReturnType<typeof box>[], record: object = {}) =>
    answer({ kind: "boxes", boxes: drawn }, record);
  const others = [drew([box(10)]), drew([box(12)])];
  expect(decideTask({ ...base, control: boxes, answers: others })).toMatchObject({
    verdict: "settled",
    method: "merge",
    label: { boxes: [box(11)] },
  });
  // Correct in (92 + 8 · 0.85) / 100 = 98.8 % and (42 + 6.8) / 100 = 48.8 %, held at a half: 10 + 2 · 0.5 / 1.488.
  const known = [drew([box(10)], { correct: 92, seen: 92 }), drew([box(12)], { correct: 42, seen: 92 })];
  expect(decideTask({ ...base, control: boxes, answers: known })).toMatchObject({ label: { boxes: [box(10.67)] } });
  // A stray of one of three is left out.
  const stray = drew([box(10), { label: "b", x: 70, y: 70, width: 10, height: 10 }]);
  const three = decideTask({ ...base, control: boxes, answers: [stray, drew([box(10)]), drew([box(10)])] });
  expect(three).toMatchObject({ method: "merge", label: { boxes: [box(10)] }, people: 3 });
  // Turned boxes have no such mean, and one answer is the label as it is.
  const turned = [drew([box(10, { rotation: 30 })]), drew([box(12, { rotation: 30 })])];
  expect(decideTask({ ...base, control: boxes, answers: turned })).toMatchObject({
    method: "majority",
    label: { boxes: [box(10, { rotation: 30 })] },
  });
  expect(decideTask({ ...base, control: boxes, answers: [drew([box(10.123)])] })).toMatchObject({
    label: { boxes: [box(10.123)] },
  });
});

test("compares two answers once, also where the course of answers is shown", () => {
  const text = { ...control, kind: "text" as const, type: "textarea" as const, classes: [] };
  let reads = 0;
  const said = (text: string) =>
    answer({
      kind: "text",
      get text() {
        reads += 1;
        return text;
      },
    });
  const answers = ["a", "b", "A", "c", "a "].map(said);
  const agree = rememberAgreement();
  for (const to of [1, 2, 3, 4, 5]) decideTask({ ...base, control: text, answers: answers.slice(0, to) }, agree);
  expect(decideTask({ ...base, control: text, answers }, agree)).toMatchObject({ verdict: "settled", people: 5 });
  // Ten pairs of two texts each.
  expect(reads).toBe(20);
});
