import { expect, test } from "vitest";
import { seededRandom } from "../random.ts";
import { alarmCurve, anomalyMetrics, countAnomalies } from "./anomaly.ts";
import { clickThrough } from "./click-through.ts";
import { editDistance } from "./edit-distance.ts";
import { forecastByGroup, forecastIntervals, forecastMetrics } from "./forecast.ts";
import { multiLabelMetrics } from "./multi-label.ts";
import { normaliseTranscript } from "./normalise-transcript.ts";
import { rankedList, rankingMetrics } from "./ranking.ts";
import { robustnessMetrics } from "./robustness.ts";
import { compareTranscripts, transcriptionMetrics, transcriptSteps } from "./transcription.ts";

test("evaluates multi-label rows: exact matches, Hamming loss, micro and macro F1 as scikit-learn", () => {
  const found = multiLabelMetrics([1, 0, 1, 0, 1, 0, 0, 0, 0], [1, 0, 0, 0, 1, 1, 0, 0, 0], 3);
  expect(found).toMatchObject({ rows: 3, exactMatch: 1 / 3, hammingLoss: 2 / 9, macroF1: 2 / 3 });
  expect(found.micro).toEqual({ precision: 2 / 3, recall: 2 / 3, f1: 2 / 3 });
  expect(found.classes[2]).toMatchObject({ support: 1, predicted: 1, precision: 0, recall: 0 });
  // scikit-learn 1.9: hamming_loss, f1_score with average micro and macro.
  const four = multiLabelMetrics([0, 0, 0, 0, 1, 1, 0, 1, 1, 0, 0, 0], [0, 1, 0, 0, 1, 1, 1, 1, 1, 0, 1, 1], 3);
  expect(four).toMatchObject({ exactMatch: 0.25, hammingLoss: 1 / 3 });
  expect(four.micro.f1).toBeCloseTo(2 / 3, 12);
  expect(four.macroF1).toBeCloseTo(0.48888888888888893, 12);
  expect(multiLabelMetrics([], [], 2)).toMatchObject({ exactMatch: null, hammingLoss: null, macroF1: null });
  expect(() => multiLabelMetrics([1, 0, 1], [1, 0, 1], 2)).toThrow("a value for each class");
  expect(() => multiLabelMetrics([Number.NaN], [1], 1)).toThrow("Classes of a row must be 0 or 1.");
});

test("rejects lists with relevances or scores that no list has", () => {
  expect(() => rankedList([{ relevance: -1, score: 0 }], 1)).toThrow("A relevance must be from 0 to 1,000.");
  expect(() => rankedList([{ relevance: 1, score: Number.NaN }], 1)).toThrow("Scores must be finite numbers.");
  expect(() => rankedList([], 0)).toThrow("k must be a whole number above 0.");
  expect(rankingMetrics([], 5)).toMatchObject({ lists: 0, mean: { ndcg: { value: null, interval: null } } });
  expect(() => clickThrough([{ clicks: 2, impressions: 1 }])).toThrow("more clicks than impressions");
});

test("gives means over lists Student's interval and hits Wilson's", () => {
  const lists = [1, 0, 1, 1].map((first) => [
    { relevance: first, score: 2 },
    { relevance: 1 - first, score: 1 },
  ]);
  const { mean } = rankingMetrics(lists, 1);
  expect(mean.hit).toMatchObject({ value: 0.75 });
  expect(mean.hit.interval?.high).toBeCloseTo(0.9544, 4);
  // Values 1, ½, 1, 1: mean 0.875, deviation 0.25, t₃ = 3.182.
  expect(mean.reciprocalRank.interval?.low).toBeCloseTo(0.875 - (3.18245 * 0.25) / 2, 4);
  expect(mean.reciprocalRank.interval?.high).toBe(1);
});

test("finds the edit distance of long sequences as the table does", () => {
  const random = seededRandom(6);
  const table = (a: number[], b: number[]) => {
    let above = Array.from({ length: b.length + 1 }, (_, at) => at);
    a.forEach((x, i) => {
      const row = [i + 1];
      b.forEach((y, j) => {
        row.push(
          Math.min((above[j] as number) + (x === y ? 0 : 1), (above[j + 1] as number) + 1, (row[j] as number) + 1),
        );
      });
      above = row;
    });
    return above.at(-1) as number;
  };
  for (let round = 0; round < 150; round += 1) {
    const of = () => Array.from({ length: Math.floor(random() * 140) }, () => Math.floor(random() * 4));
    const [a, b] = [of(), of()];
    expect(editDistance(a, b)).toBe(table(a, b));
    expect(editDistance([...a, ...b], b)).toBe(a.length);
  }
  expect(editDistance([], [1, 2])).toBe(2);
  expect(editDistance([1, 2], [])).toBe(2);
});

test("normalises punctuation in every script, and keeps accents and numbers", () => {
  expect(normaliseTranscript("“Rock ’n’ roll”, 9’5 — l’été/hiver; ¿qué? 日本、語。")).toBe(
    "rock n roll 9'5 l'été hiver qué 日本語",
  );
  expect(normaliseTranscript(" '' - … ")).toBe("");
  expect(normaliseTranscript("E\u0301cole\u00a0fine")).toBe("école fine");
});

test("counts characters by code points and words predicted in silence apart", () => {
  expect(compareTranscripts("😀 a", "😁 a")).toMatchObject({
    characters: 3,
    characterErrors: 1,
    hits: 1,
    substitutions: 1,
  });
  const silent = compareTranscripts("...", "hm hm");
  expect(silent).toMatchObject({ isSilent: true, silentInsertions: 2, insertions: 0 });
  expect(transcriptionMetrics([silent])).toMatchObject({
    silent: 1,
    insertionsPerSilent: 2,
    wer: { value: null, interval: null },
  });
  expect(() => compareTranscripts("a ".repeat(10_001), "b ".repeat(10_000))).toThrow("100 million pairs of words");
  expect(compareTranscripts("a ".repeat(20_001), "a")).toMatchObject({ hits: 1, deletions: 20_000 });
});

test("compares long transcripts in short steps, with the same counts", () => {
  const random = seededRandom(5);
  const text = () => Array.from({ length: 4_000 }, () => "abcdefgh"[Math.floor(random() * 8)]).join(" ");
  const [actual, predicted] = [text(), text()];
  const steps = transcriptSteps(actual, predicted);
  let count = 0;
  let found = steps.next();
  for (; !found.done; found = steps.next()) count += 1;
  expect(count).toBeGreaterThan(6);
  expect(found.value).toEqual(compareTranscripts(actual, predicted));
});

test("widens the interval of a word error rate by speakers", () => {
  const of = (actual: string, predicted: string) => compareTranscripts(actual, predicted);
  const counts = Array.from({ length: 200 }, (_, at) =>
    at % 20 < 10 ? of("a b c d", "a b c d") : of("a b c d", "a x c d"),
  );
  const speakers = Uint32Array.from(counts, (_, at) => (at % 20 < 10 ? at % 10 : 10 + (at % 10)));
  const width = ({ wer }: ReturnType<typeof transcriptionMetrics>) =>
    (wer.interval?.high ?? 0) - (wer.interval?.low ?? 0);
  const [alone, clustered] = [transcriptionMetrics(counts), transcriptionMetrics(counts, { clusters: speakers })];
  expect(alone.wer.value).toBe(0.125);
  expect(width(clustered) / width(alone)).toBeGreaterThan(2);
});

test("marks MAPE unusable where more than 1% of the actual values are 0", () => {
  const actual = Array.from({ length: 100 }, (_, at) => (at < 2 ? 0 : 5));
  expect(forecastMetrics({ actual, predicted: actual })).toMatchObject({
    isMapeUsable: false,
    skippedZeros: 2,
    mape: 0,
  });
  actual[0] = 5;
  expect(forecastMetrics({ actual, predicted: actual }).isMapeUsable).toBe(true);
  expect(() => forecastMetrics({ actual: [1], predicted: [Number.NaN] })).toThrow("Predicted values must be finite");
  expect(() => forecastMetrics({ actual: [1], predicted: [1], weights: [-1] })).toThrow("Weights");
  expect(() => forecastMetrics({ actual: [1], predicted: [1], quantiles: { "1.5": [1] } })).toThrow("Levels");
});

test("covers WAPE with its bootstrap", () => {
  const random = seededRandom(14);
  const rounds = 300;
  let covered = 0;
  for (let round = 0; round < rounds; round += 1) {
    const actual = Float64Array.from({ length: 300 }, () => 50 + 100 * random());
    // Errors are uniform on ±20: a mean of 10 beside a mean value of 100.
    const predicted = actual.map((value) => value + 40 * random() - 20);
    const { wape } = forecastIntervals(actual, predicted, { resamples: 300, seed: round });
    if (wape && wape.low <= 0.1 && 0.1 <= wape.high) covered += 1 / rounds;
  }
  expect(covered).toBeGreaterThan(0.91);
  expect(covered).toBeLessThan(0.985);
});

test("lists series by what their errors cost", () => {
  const input = { actual: [10, 10, 10, 10], predicted: [11, 12, 9, 10], weights: [1, 1, 10, 1] };
  const groups = forecastByGroup(input, [7, 7, 3, 3]);
  expect(groups.map(({ group, errorCost }) => [group, errorCost])).toEqual([
    [3, 10],
    [7, 3],
  ]);
  expect(groups[1]).toMatchObject({ rows: 2, wape: { value: 0.15 }, bias: 1.5 });
  expect(forecastByGroup(input, [7, 7, 3, 3], { limit: 1 })).toHaveLength(1);
});

test("adds machines, and draws recall of events against false alarms", () => {
  const series = [
    { truth: [0, 0, 1, 1, 0, 0], score: [0.1, 0.6, 0.9, 0.2, 0.1, 0.7] },
    { truth: [0, 1, 0, 0, 0, 0], score: [0.2, 0.5, 0.1, 0.1, 0.1, 0.1] },
  ];
  const counts = series.map((one) => countAnomalies(one, { threshold: 0.6, before: 1 }));
  expect(anomalyMetrics(counts)).toMatchObject({
    event: { alarmRuns: 2, events: 2, precision: 0.5, recall: 0.5 },
    lead: { median: 1, min: 1, max: 1 },
    falseAlarmsPer1000: 1000 / 12,
  });
  // Wilson's interval of one of two.
  expect(anomalyMetrics(counts).event.recallInterval?.low).toBeCloseTo(0.0945, 4);
  const curve = alarmCurve(series, 1, 5);
  expect(curve.map(({ threshold }) => threshold)).toEqual([0.9, 0.7, 0.5, 0.2, 0.1]);
  expect(curve.map(({ eventRecall }) => eventRecall)).toEqual([0.5, 0.5, 1, 1, 1]);
  expect(anomalyMetrics([])).toMatchObject({ falseAlarmsPer1000: null, event: { precision: null, recall: null } });
  expect(() => countAnomalies({ truth: [2], score: [1] }, { threshold: 0, before: 0 })).toThrow("must be marked 1");
  expect(() => countAnomalies({ truth: [1], score: [Number.NaN] }, { threshold: 0, before: 0 })).toThrow("Scores");
});

test("compares corruptions only with the same ones, and retains without a reference", () => {
  const version = { clean: 0.1, corrupted: { noise: [0.2, 0.4], blur: [0.1, 0.1] } };
  const retained = robustnessMetrics(version, null);
  expect(retained.mce).toBeNull();
  expect(retained.retainedByKind.blur).toBeCloseTo(1, 12);
  expect(robustnessMetrics(version, null).retained).toBeCloseTo(0.8 / 0.9, 12);
  const other = { clean: 0.1, corrupted: { noise: [0.2], blur: [0.1, 0.1] } };
  expect(() => robustnessMetrics(version, other)).toThrow('other severities of "noise"');
  expect(() => robustnessMetrics({ clean: Number.NaN, corrupted: {} }, null)).toThrow("from 0 to 1");
});
