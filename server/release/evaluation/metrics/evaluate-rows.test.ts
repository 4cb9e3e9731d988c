import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { csvColumns } from "#server/develop/datasets/rows/csv-columns.ts";
import { estimateRunMetric } from "../comparison/estimate-run-metric.ts";
import { EvaluationSetDefinition } from "../contract.ts";
import type { AnswerReader, RowAnswer } from "../runs/answer-reader.ts";
import { RowScorer } from "../runs/score-rows.ts";
import { readSetRows } from "../sets/read-set-rows.ts";
import { evaluateRows } from "./evaluate-rows.ts";
import { measureTask } from "./measure-task.ts";
import { withoutProbabilities } from "./summarize-probabilities.ts";

const dataset = { name: "rows", digest: "d" };

/** Evaluates answers to the rows of a table. */
async function evaluated(lines: string[], definition: object, answers: (RowAnswer | string)[], classes: string[] = []) {
  const parsed = EvaluationSetDefinition.parse({ dataset, ...definition });
  const table = await csvColumns(Readable.from([Buffer.from(`${lines.join("\n")}\n`)]));
  const { rows: set, facts } = await readSetRows(table, parsed, lines.length, async () => {});
  const reader: AnswerReader = {
    outputs: [],
    classes: classes.length > 0 ? classes : set.head.classes,
    hasScores: true,
    isTwoClasses: set.head.classes.length === 2,
    read: () => "",
  };
  const run = await new RowScorer(parsed.task, set, reader, undefined).score(0, answers, 5);
  const result = evaluateRows(parsed.task, set, run);
  const measuredOf = (id: string) => result.metrics.find((metric) => metric.id === id)?.value;
  return { facts, result, measured: measuredOf, task: parsed.task, set, run };
}

const scores = (...values: number[]): RowAnswer => ({
  answer: values.indexOf(Math.max(...values)),
  scores: Float64Array.from(values),
});

test("measures classes by their probabilities, and lists a row without an answer", async () => {
  const lines = ["x,label", "1,a", "2,b", "3,c", "4,a"];
  const answers = [scores(0.7, 0.2, 0.1), scores(0.5, 0.3, 0.2), scores(0.1, 0.1, 0.8), "It was rejected."];
  const { result, measured } = await evaluated(lines, { task: { kind: "classification", label: "label" } }, answers);
  expect(result).toMatchObject({ evaluated: 3, failed: 1, failures: [{ message: "It was rejected.", firstRow: 4 }] });
  expect(measured("accuracy")).toBe(2 / 4);
  expect(measured("logLoss")).toBeCloseTo(-(Math.log(0.7) + Math.log(0.3) + Math.log(0.8)) / 3, 6);
  expect(result.panels).toMatchObject({
    kind: "classification",
    classes: ["a", "b", "c"],
    confusion: [
      [1, 0, 0, 1],
      [1, 0, 0, 0],
      [0, 0, 1, 0],
    ],
  });
});

test("counts in the Brier score what a version says of classes that the set lacks, without a row that it rejected", async () => {
  const lines = ["x,label", "1,a", "2,b", "3,c", "4,a", "5,d"];
  const classes = ["a", "b", "c", "d", "e"];
  const answers = [
    scores(0, 0, 0, 0, 1),
    scores(0, 1, 0, 0, 0),
    scores(0, 0, 1, 0, 0),
    "No.",
    scores(0.3, 0.25, 0.25, 0.2, 0),
  ];
  const task = { kind: "classification", label: "label" };
  const { measured, result } = await evaluated(lines, { task }, answers, classes);
  const last = 0.3 ** 2 + 2 * 0.25 ** 2 + 0.8 ** 2;
  expect(measured("brier")).toBeCloseTo((2 + 0 + 0 + last) / 4, 6);
  expect(measured("top3")).toBeCloseTo(3 / 5, 9);
  const beyond = ["a", "b", "c", "d", "e", "f", "g"];
  const unlike = [scores(0.1, 0.1, 0, 0, 0.3, 0.3, 0.2), ...answers.slice(1)];
  expect((await evaluated(lines, { task }, unlike, beyond)).measured("top3")).toBeCloseTo(2 / 5, 9);
  expect(result.notes.at(-1)).toBe(
    "1 of 5 rows has no prediction. They are incorrect; log loss, calibration and areas under curves exclude them.",
  );
});

test("keeps in stored rows what a gate needs of the probabilities of many classes, on segments too", async () => {
  const lines = ["x,label", "1,a", "2,b", "3,c", "4,d", "5,e", "6,a"];
  const answers = [
    scores(0.1, 0.2, 0.3, 0.4, 0),
    scores(0.1, 0.6, 0.1, 0.1, 0.1),
    scores(0.4, 0.3, 0.1, 0.1, 0.1),
    scores(0.2, 0.2, 0.2, 0.2, 0.2),
    scores(0, 0.1, 0.2, 0.3, 0.4),
    "No.",
  ];
  const task = { kind: "classification", label: "label" };
  const { measured, run, set, task: parsed } = await evaluated(lines, { task }, answers);
  const stored = withoutProbabilities(set, run);
  expect(Object.keys(stored.columns)).not.toContain("probabilities");
  const again = measureTask(parsed, set, stored);
  const metricOf = (id: string, rows: Uint32Array | null) => estimateRunMetric(again, { id, rows, level: 0.95 })?.value;
  for (const id of ["brier", "calibrationError", "top3"]) expect(metricOf(id, null), id).toBe(measured(id));
  const part = Uint32Array.of(1, 2);
  expect(metricOf("top3", part)).toBe(1);
  expect(metricOf("top3", Uint32Array.of(0, 3, 5))).toBe(0);
  expect(metricOf("brier", part)).toBeCloseTo((0.2 + 0.16 + 0.09 + 0.81 + 0.01 + 0.01) / 2, 6);
  expect(metricOf("calibrationError", part)).toBeCloseTo(0.4, 6);
  // Rows of an earlier release have neither.
  const { squares: _, before: _before, ...columns } = stored.columns;
  const old = measureTask(parsed, set, { ...stored, columns }).measure(null, true);
  expect(old.find(({ id }) => id === "top3")).toMatchObject({ value: null, note: expect.stringContaining("again") });
});

test("has no log loss and no calibration without probabilities, and says so", async () => {
  const lines = ["x,label", "1,a", "2,b"];
  const task = { kind: "classification", label: "label" };
  const { result, measured } = await evaluated(lines, { task }, [scores(4, -2), scores(1, 3)]);
  expect(measured("accuracy")).toBe(1);
  expect(measured("logLoss")).toBeUndefined();
  expect(result.panels).toMatchObject({ calibration: null, curves: null });
  expect(result.notes[0]).toContain("are not probabilities");
});

test("finds the class that is named, of two", async () => {
  const lines = ["x,label", "1,late", "2,on time", "3,on time", "4,late"];
  const task = { kind: "classification", label: "label", positive: "late" };
  const answers = [scores(0.2, 0.8), scores(0.9, 0.1), scores(0.4, 0.6), scores(0.7, 0.3)];
  const { facts, measured } = await evaluated(lines, { task }, answers);
  expect(facts.classes).toEqual([
    { name: "on time", rows: 2 },
    { name: "late", rows: 2 },
  ]);
  expect(measured("recall")).toBe(0.5);
  expect(measured("precision")).toBe(0.5);
  expect(measured("rocAuc")).toBe(0.75);
  await expect(evaluated(lines, { task: { ...task, positive: "early" } }, answers)).rejects.toThrow('"early" can be');
});

test("has wider intervals, or none, where rows share entities", async () => {
  // 60 entities of 20 rows that are all alike.
  const rows = Array.from({ length: 1_200 }, (_, at) => ({ entity: Math.floor(at / 20), label: at % 2 ? "b" : "a" }));
  const lines = ["y,who,where", ...rows.map(({ label, entity }) => `${label},${entity},${entity % 2}`)];
  const answers = rows.map(({ entity, label }) => {
    const isCorrect = (entity * 7) % 10 < 8;
    return (label === "a") === isCorrect ? scores(0.8, 0.2) : scores(0.2, 0.8);
  });
  const task = { kind: "classification", label: "y" };
  const of = (definition: object) => evaluated(lines, { task, groups: ["where"], ...definition }, answers);
  const [alone, shared] = [(await of({})).result, (await of({ cluster: "who" })).result];
  const widthOf = (interval: { low: number; high: number } | null | undefined) =>
    interval ? interval.high - interval.low : 0;
  const ratioOf = (id: string) => {
    const [a, b] = [alone, shared].map(({ metrics }) => widthOf(metrics.find((one) => one.id === id)?.interval));
    return Number(b) / Number(a);
  };
  for (const id of ["accuracy", "logLoss", "precision", "recall"]) expect(ratioOf(id)).toBeGreaterThan(2.8);
  for (const id of ["kappa", "macroF1", "rocAuc", "averagePrecision"]) expect(ratioOf(id)).toBe(0);
  expect(shared.metrics.filter(({ method }) => method === "Wilson" || method === "Student's t")).toEqual([]);
  const gaps = [alone, shared].map(({ groups }) => widthOf(groups[0]?.interval));
  expect(Number(gaps[1]) / Number(gaps[0])).toBeGreaterThan(2.5);
  expect(shared.groups[0]).toMatchObject({ gap: alone.groups[0]?.gap, expectedByChance: null });
  if (alone.panels.kind !== "classification" || shared.panels.kind !== "classification") throw new Error("kind");
  expect(shared.panels.byClass[0]).toMatchObject({ precisionInterval: null, recallInterval: null });
  const bins = [alone, shared].map(({ panels }) => "calibration" in panels && panels.calibration);
  expect(bins[0] && bins[1] && bins[1].chanceLimit / bins[0].chanceLimit).toBeGreaterThan(3);
  expect(bins[0] && bins[1] && widthOf(bins[1].bins[0]?.interval) / widthOf(bins[0].bins[0]?.interval)).toBeGreaterThan(
    3,
  );
});

test("measures numbers with weights, and forecasts by horizon and series", async () => {
  const lines = ["y,h,shop,w", "10,1,a,1", "20,2,a,1", "0,1,b,2", "40,2,b,1"];
  const answers = [12, 18, 3, 40].map((number) => ({ number }));
  const task = { kind: "forecast", label: "y", horizon: "h", series: "shop" };
  const { result, measured } = await evaluated(lines, { task }, answers);
  expect(measured("wape")).toBeCloseTo(7 / 70, 9);
  expect(measured("bias")).toBeCloseTo(3 / 4, 9);
  expect(measured("mape")).toBeNull();
  expect(result.panels).toMatchObject({
    byHorizon: [
      { horizon: "1", rows: 2, wape: 0.5 },
      { horizon: "2", rows: 2, wape: expect.closeTo(2 / 60, 9) },
    ],
    worstSeries: [
      { series: "a", rows: 2, bias: 0 },
      { series: "b", rows: 2, bias: 1.5 },
    ],
    zeroLabels: 1,
  });
  const weighted = await evaluated(lines, { task: { kind: "regression", label: "y" }, weight: "w" }, answers);
  expect(weighted.measured("meanAbsoluteError")).toBeCloseTo((2 + 2 + 2 * 3) / 5, 9);
  expect(weighted.measured("rootMeanSquaredError")).toBeCloseTo(Math.sqrt((4 + 4 + 2 * 9) / 5), 6);
});

test("measures a prediction that is off by far, and rejects what is beyond single precision", async () => {
  const task = { kind: "regression", label: "y" };
  const lines = ["y", ...Array.from({ length: 40 }, (_, at) => String(at))];
  const answers = lines.slice(1).map((_, at) => ({ number: at === 7 ? 1e25 : at === 9 ? 1e39 : at }));
  const { result, measured } = await evaluated(lines, { task }, answers);
  expect(result).toMatchObject({ evaluated: 39, failed: 1 });
  expect(result.failures[0]?.message).toContain("beyond the range of single precision");
  expect((measured("rootMeanSquaredError") ?? 0) / (1e25 / Math.sqrt(39))).toBeCloseTo(1, 6);
  expect((measured("meanAbsoluteError") ?? 0) / (1e25 / 39)).toBeCloseTo(1, 6);
  await expect(evaluated(["y", "1", "-4e38"], { task }, [])).rejects.toThrow("beyond the range of single precision");
  const weighted = evaluated(["y,w", "1,1e31"], { task, weight: "w" }, []);
  await expect(weighted).rejects.toThrow("at most 1e30");
});

test("measures several classes per row", async () => {
  const lines = ["x,tags", "1,cat|dog", "2,none", '3,"[""dog"",""bird""]"'];
  const answers = [
    [0.1, 0.9, 0.8],
    [0.2, 0.2, 0.2],
    [0.1, 0.1, 0.9],
  ].map((values) => ({ scores: Float64Array.from(values) }));
  const { result, measured } = await evaluated(lines, { task: { kind: "multilabel", label: "tags" } }, answers);
  expect(result.panels).toMatchObject({ classes: ["bird", "cat", "dog"] });
  expect(measured("microF1")).toBeCloseTo(6 / 7, 9);
  expect(measured("exactMatch")).toBeCloseTo(2 / 3, 9);
  expect(measured("hammingLoss")).toBeCloseTo(1 / 9, 9);
  const rejected = await evaluated(lines, { task: { kind: "multilabel", label: "tags" } }, [
    "It was rejected.",
    ...answers.slice(1),
  ]);
  expect(rejected.measured("exactMatch")).toBeCloseTo(1 / 3, 9);
  expect(rejected.result.notes.at(-1)).toContain("They count as incorrect in exact matches");
  expect(rejected.result.panels).toMatchObject({
    byClass: [{ support: 1, predicted: 0 }, { support: 0 }, { recall: 1 }],
  });
});

test("measures lists, each once, and leaves out those without anything relevant", async () => {
  const lines = ["rel,q", "0,a", "1,a", "3,a", "0,b", "0,b", "1,c", "0,c"];
  const answers = [0.1, 0.9, 0.5, 0.2, 0.1, 0.1, 0.9].map((number) => ({ number }));
  const task = { kind: "ranking", label: "rel", list: "q", at: 2 };
  const { result, measured } = await evaluated(lines, { task }, answers);
  const ideal = 7 + 1 / Math.log2(3);
  const a = (1 + 7 / Math.log2(3)) / ideal;
  const c = 1 / Math.log2(3);
  expect(measured("ndcg")).toBeCloseTo((a + c) / 2, 6);
  expect(measured("meanReciprocalRank")).toBeCloseTo(0.75, 6);
  expect(result.panels).toMatchObject({ kind: "ranking", lists: 3, emptyLists: 1, at: 2 });
});

test("counts a list with an item without a score as 0, and measures segments of whole lists", async () => {
  const lines = ["rel,q,kind", "1,a,s", "0,a,s", "1,b,s", "0,b,t", "0,c,t", "0,c,t", "1,d,s", "0,d,s"];
  const numbers = [0.9, 0.1, 0.9, 0.1, 0.9, 0.1, 0.9, Number.NaN];
  const answers = numbers.map((number) => (Number.isNaN(number) ? "The prediction is NaN." : { number }));
  const task = { kind: "ranking", label: "rel", list: "q", at: 2 };
  const { result, measured } = await evaluated(lines, { task, segments: [{ column: "kind" }] }, answers);
  expect(measured("ndcg")).toBeCloseTo(2 / 3, 6);
  expect(measured("hitRate")).toBeCloseTo(2 / 4, 6);
  expect(result.panels).toMatchObject({
    lists: 4,
    emptyLists: 1,
    atEach: [{ k: 1, hit: 0.5, ndcg: expect.closeTo(2 / 3, 6) }, {}, {}, {}, {}],
  });
  expect(result.notes).toEqual([
    "Segments contain whole lists. Excluded are those only partly in a segment, of kind = s, kind = t.",
    "1 of 8 rows has no prediction. The 1 of 4 lists with such a row count as 0.",
  ]);
});

test("measures a segment of lists by the lists that lie in it as a whole", async () => {
  const lists = Array.from({ length: 40 }, (_, list) => ({ list, isMixed: list < 10, isGood: list < 25 }));
  const lines = [
    "rel,q,kind",
    ...lists.flatMap(({ list, isMixed }) => [`1,${list},s`, `0,${list},${isMixed ? "t" : "s"}`]),
  ];
  const answers = lists.flatMap(({ isGood }) => [{ number: isGood ? 1 : 0 }, { number: 0.5 }]);
  const task = { kind: "ranking", label: "rel", list: "q", at: 1 };
  const { result } = await evaluated(lines, { task, segments: [{ column: "kind" }] }, answers);
  const hits = result.segments.find(({ id }) => id === "kind=s")?.metrics.find(({ id }) => id === "hitRate");
  expect(hits?.value).toBeCloseTo(15 / 30, 6);
});

test("misses an event by its steps without a score, and divides a series at others", async () => {
  const truth = [0, 0, 1, 1, 1, 0, 0, 0, 0, 1, 1, 0];
  const said = [0, 1, 0, Number.NaN, 0, 0, 1, Number.NaN, 0, Number.NaN, Number.NaN, 0];
  const lines = ["bad,part", ...truth.map((value, at) => `${value},${at < 6 ? "a" : "b"}`)];
  const answers = said.map((number) => (Number.isNaN(number) ? "The prediction is NaN." : { number }));
  const task = { kind: "anomaly", label: "bad", threshold: 0.5, before: 1 };
  const { result, measured } = await evaluated(lines, { task, segments: [{ column: "part" }] }, answers);
  expect(result.panels).toMatchObject({ events: 2, detected: 1, alarms: 2, falseAlarms: 1, leads: [1] });
  expect(measured("eventRecall")).toBe(0.5);
  expect(measured("falseAlarmsPer1000")).toBeCloseTo(1000 / 11, 9);
  expect(measured("rocAuc")).not.toBeNull();
  expect(result.notes).toEqual([
    "Without a column of machines all rows are one series, so no segment is measured.",
    "4 of 12 rows have no prediction. In an event such a step is one without an alarm; elsewhere it divides its series.",
  ]);
});

test("gives other work its turns while long transcripts are compared, and rejects texts that are too long", async () => {
  const text = (words: number) => Array.from({ length: words }, (_, at) => "abcdefgh"[at % 7]).join(" ");
  const lines = ["x,text", ...Array.from({ length: 8 }, (_, at) => `${at},${text(2_000)}`), `8,${text(10_001)}`];
  const answers = lines.slice(1).map(() => ({ text: text(10_000) }));
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
  }, 1);
  const { result } = await evaluated(lines, { task: { kind: "transcription", label: "text" } }, answers);
  clearInterval(timer);
  expect(turns).toBeGreaterThan(3);
  expect(result).toMatchObject({ evaluated: 8, failed: 1, failures: [{ firstRow: 9 }] });
  expect(result.failures[0]?.message).toContain("too long to be compared");
});

test("measures transcripts, with silence by itself", async () => {
  const lines = ["text,accent", "The cat sat,x", ",x", "hello there,y"];
  const answers = [{ text: "the cat sits" }, { text: "um" }, { text: "Hello, there!" }];
  const task = { kind: "transcription", label: "text" };
  const { result, measured } = await evaluated(lines, { task, groups: ["accent"] }, answers);
  expect(measured("wordErrorRate")).toBeCloseTo(1 / 5, 9);
  expect(result.panels).toMatchObject({
    words: 5,
    substitutions: 1,
    deletions: 0,
    insertions: 0,
    silent: 1,
    invented: 1,
  });
  expect(result.groups).toMatchObject([{ column: "accent", metric: "wordErrorRate" }]);
});

test("measures alarms by event and machine", async () => {
  const truth = [0, 0, 1, 1, 0, 0, 0, 0, 1, 0];
  const said = [0, 1, 0, 0, 0, 0, 1, 0, 0, 0];
  const lines = ["bad,m", ...truth.map((value, at) => `${value},${at < 6 ? "a" : "b"}`)];
  const task = { kind: "anomaly", label: "bad", machine: "m", threshold: 0.5, before: 1 };
  const { result, measured } = await evaluated(
    lines,
    { task },
    said.map((number) => ({ number })),
  );
  // The first event has an alarm one step before it; that of the other machine has one two steps before, which is a false alarm.
  expect(measured("eventRecall")).toBe(0.5);
  expect(measured("falseAlarmsPer1000")).toBe(100);
  expect(result.panels).toMatchObject({ events: 2, detected: 1, alarms: 2, falseAlarms: 1, leads: [1] });
  await expect(evaluated(["bad,m", "2,a"], { task }, [{ number: 1 }])).rejects.toThrow("is neither 0 nor 1");
});

test("lists a small segment without evaluating it, and sorts the others by the headline, the worst first", async () => {
  const rows = Array.from({ length: 100 }, (_, at) => ({
    part: at < 40 ? "a" : at < 90 ? "b" : "c",
    label: at % 2 ? "x" : "y",
  }));
  const lines = ["part,label", ...rows.map(({ part, label }) => `${part},${label}`)];
  const answers = rows.map(({ part, label }) => {
    const isX = part === "a" ? label === "x" : true;
    return isX ? scores(0.9, 0.1) : scores(0.1, 0.9);
  });
  const task = { kind: "classification", label: "label" };
  const { result } = await evaluated(lines, { task, segments: [{ column: "part" }], groups: ["part"] }, answers);
  expect(result.segments.map(({ id, isSmall, rows }) => [id, isSmall, rows])).toEqual([
    ["part=b", false, 50],
    ["part=a", false, 40],
    ["part=c", true, 10],
  ]);
  expect(result.groups).toMatchObject([{ column: "part", metric: "accuracy", gap: 0.5, ratio: 0.5 }]);
  expect(result.groups[0]?.groups.find(({ name }) => name === "c")?.isSmall).toBe(true);
  expect(result.groups[0]?.expectedByChance).toBeGreaterThan(0);
});
