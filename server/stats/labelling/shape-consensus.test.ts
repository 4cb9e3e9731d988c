import { expect, test } from "vitest";
import { normalFrom, type Random, seededRandom } from "../random.ts";
import { boxAgreement, type LabelledBox } from "./box-agreement.ts";
import { boxConsensus } from "./box-consensus.ts";
import { numberConsensus } from "./number-consensus.ts";
import { type MarkedSpans, spanConsensus } from "./span-consensus.ts";

const box = (x: number, y: number, label = "car", side = 20): LabelledBox => ({
  x,
  y,
  width: side,
  height: side,
  label,
});
const drawn = (...boxes: LabelledBox[]) => ({ accuracy: 0.9, boxes });

test("keeps boxes that more than half drew, with the mean weighted by accuracy", () => {
  const found = boxConsensus([
    { accuracy: 0.9, boxes: [box(10, 10), box(60, 60)] },
    { accuracy: 0.6, boxes: [box(12.5, 10)] },
    { accuracy: 0.3, boxes: [] },
  ]);
  expect(found).toHaveLength(1);
  expect(found[0]?.x).toBeCloseTo((0.9 * 10 + 0.6 * 12.5) / 1.5, 12);
  expect(found[0]).toMatchObject({ y: 10, width: 20, label: "car", share: 2 / 3 });
});

test("keeps nothing of two who disagree, and nothing if most drew nothing", () => {
  expect(boxConsensus([drawn(box(0, 0)), drawn(box(50, 50))])).toEqual([]);
  expect(boxConsensus([drawn(box(0, 0)), drawn(), drawn()])).toEqual([]);
  expect(boxConsensus([drawn(box(0, 0)), drawn(box(0, 0, "van"))])).toEqual([]);
  expect(boxConsensus([])).toEqual([]);
});

test("parts neighbours of one class, whoever drew which first", () => {
  const answers = [drawn(box(0, 0), box(14, 0)), drawn(box(15, 0), box(1, 0)), drawn(box(-1, 0), box(13, 0))];
  const left = (boxes: LabelledBox[]) => boxes.map(({ x }) => Math.round(x)).sort((a, b) => a - b);
  expect(left(boxConsensus(answers))).toEqual([0, 14]);
  expect(left(boxConsensus(answers.toReversed()))).toEqual([0, 14]);
});

test("is closer to the actual boxes than any single annotator", () => {
  const random = seededRandom(3);
  const noise = [1, 1.2, 1.4];
  let [ofBest, ofConsensus] = [0, 0];
  for (let picture = 0; picture < 200; picture += 1) {
    const actual = [box(20 * random(), 20 * random()), box(50 + 20 * random(), 20 * random())];
    const answers = noise.map((deviation) => ({
      accuracy: 1 / (1 + deviation),
      boxes: actual.map((one) => ({
        ...one,
        x: one.x + deviation * normalFrom(random),
        y: one.y + deviation * normalFrom(random),
      })),
    }));
    ofBest += boxAgreement(actual, answers[0]?.boxes ?? []).agreement / 200;
    ofConsensus += boxAgreement(actual, boxConsensus(answers)).agreement / 200;
  }
  expect(ofConsensus).toBeGreaterThan(ofBest + 0.01);
});

/** Draws texts in which annotators miss spans, mark one letter more, and mark what is not there. */
function drawnTexts(random: Random, { miss, extra, isBad }: { miss: number; extra: number; isBad: boolean }) {
  const actual: { start: number; end: number; label: string }[][] = [];
  const answers: MarkedSpans[] = [];
  for (let item = 0; item < 300; item += 1) {
    const spans = Array.from({ length: 1 + Math.floor(3 * random()) }, (_, at) => {
      const start = 20 * at + Math.floor(8 * random());
      return { start, end: start + 3, label: random() < 0.6 ? "PER" : "ORG" };
    });
    actual.push(spans);
    const first = Math.floor(random() * 8);
    for (const annotator of [first, (first + 1) % 8, (first + 3) % 8]) {
      const isCareless = isBad && annotator === 0;
      const marked = spans.flatMap((span) => {
        if (random() >= (isCareless ? 0.9 : miss)) return [span];
        return random() < 0.5 ? [{ ...span, end: span.end + 1 }] : [];
      });
      for (let at = 0; at < 3; at += 1) {
        if (random() >= (isCareless ? 1 : extra)) continue;
        const start = 80 + Math.floor(6 * random());
        marked.push({ start, end: start + 3, label: "PER" });
      }
      answers.push({ item, annotator, spans: marked });
    }
  }
  return { actual, answers };
}

/** F1 of kept spans, and of those that two of three marked. */
function spanScores({ actual, answers }: ReturnType<typeof drawnTexts>) {
  const consensus = Map.groupBy(spanConsensus(answers), ({ item }) => item);
  const sums = { consensus: 0, majority: 0 };
  let [spans, kept, chosen] = [0, 0, 0];
  for (const [item, own] of actual.entries()) {
    const counts = new Map<string, number>();
    for (const { spans: marked } of answers.filter((answer) => answer.item === item)) {
      for (const { start, end, label } of marked) {
        counts.set(`${start} ${end} ${label}`, (counts.get(`${start} ${end} ${label}`) ?? 0) + 1);
      }
    }
    const majority = [...counts].filter(([, count]) => count >= 2).map(([key]) => key);
    const found = (consensus.get(item) ?? []).map(({ start, end, label }) => `${start} ${end} ${label}`);
    const keys = new Set(own.map(({ start, end, label }) => `${start} ${end} ${label}`));
    sums.consensus += found.filter((key) => keys.has(key)).length;
    sums.majority += majority.filter((key) => keys.has(key)).length;
    spans += keys.size;
    kept += found.length;
    chosen += majority.length;
  }
  return { consensus: (2 * sums.consensus) / (spans + kept), majority: (2 * sums.majority) / (spans + chosen) };
}

test.each([
  { miss: 0.15, extra: 0.1, isBad: false, better: -0.01 },
  { miss: 0.3, extra: 0.2, isBad: false, better: -0.01 },
  { miss: 0.15, extra: 0.1, isBad: true, better: 0.04 },
  { miss: 0.3, extra: 0.2, isBad: true, better: 0.02 },
])(
  "finds spans as well as a majority, and better with a careless annotator: $miss $extra $isBad",
  ({ better, ...how }) => {
    const scores = spanScores(drawnTexts(seededRandom(5), how));
    expect(scores.consensus).toBeGreaterThan(scores.majority + better);
  },
);

test("keeps what the only annotator marked, and nothing of nothing", () => {
  const span = { start: 0, end: 3, label: "PER" };
  expect(spanConsensus([{ item: 2, annotator: 5, spans: [span] }])).toMatchObject([{ item: 2, ...span }]);
  expect(spanConsensus([{ item: 0, annotator: 0, spans: [] }])).toEqual([]);
  expect(() => spanConsensus([{ item: -1, annotator: 0, spans: [] }])).toThrow("Items");
});

function drawnNumbers(random: Random, people: readonly { noise: number; shift: number }[]) {
  const actual = Array.from({ length: 400 }, () => 100 * random());
  const rows = actual.flatMap((value, item) =>
    people.map(({ noise, shift }, annotator) => ({
      item,
      annotator,
      value: value + shift + noise * normalFrom(random),
    })),
  );
  const numbers = {
    item: Int32Array.from(rows, ({ item }) => item),
    annotator: Int32Array.from(rows, ({ annotator }) => annotator),
    value: Float64Array.from(rows, ({ value }) => value),
    items: actual.length,
    annotators: people.length,
  };
  const plain = actual.map((_, item) => {
    const own = rows
      .filter((row) => row.item === item)
      .map(({ value }) => value)
      .sort((a, b) => a - b);
    return own[(own.length - 1) / 2] as number;
  });
  const errorOf = (values: readonly (number | null)[]) =>
    values.reduce<number>((sum, value, item) => sum + Math.abs((value as number) - (actual[item] as number)), 0) / 400;
  return { numbers, plain, errorOf };
}

test("settles numbers closer than their medians, where annotators differ in care", () => {
  const people = [1, 6, 8].map((noise) => ({ noise, shift: 0 }));
  const { numbers, plain, errorOf } = drawnNumbers(seededRandom(6), people);
  const { value, variance } = numberConsensus(numbers);
  expect(errorOf(value)).toBeLessThan(0.8 * errorOf(plain));
  expect(variance[0]).toBeLessThan(variance[2] as number);
});

test("counts a constant shift against an annotator, however steady", () => {
  const people = [...[3, 3, 3, 3].map((noise) => ({ noise, shift: 0 })), { noise: 0.1, shift: 20 }];
  const { numbers, plain, errorOf } = drawnNumbers(seededRandom(7), people);
  expect(errorOf(numberConsensus(numbers).value)).toBeLessThanOrEqual(errorOf(plain) + 0.01);
});

test("has the plain median where all weigh the same, and null without numbers", () => {
  const found = numberConsensus({
    item: Int32Array.of(0, 0, 2),
    annotator: Int32Array.of(0, 1, 0),
    value: Float64Array.of(4, 10, 7),
    items: 3,
    annotators: 2,
  });
  expect(found.value).toEqual([7, null, 7]);
  expect(found.variance).toEqual([36, 36]);
  const single = { item: Int32Array.of(0), annotator: Int32Array.of(0), value: Float64Array.of(1) };
  expect(numberConsensus({ ...single, items: 1, annotators: 1 })).toEqual({ value: [1], variance: [null] });
});
