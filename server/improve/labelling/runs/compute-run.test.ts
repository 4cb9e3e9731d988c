import { expect, test } from "vitest";
import { seededRandom } from "#server/stats/random.ts";
import type { LabelTaskKind, LabelValue } from "../contract.ts";
import { comparePairs } from "./compare-pairs.ts";
import { compareValues } from "./compare-values.ts";
import { computeRun } from "./compute-run.ts";
import { LabelRunResults } from "./contract.ts";
import type { RunInput } from "./run-input.ts";
import { unitsOf } from "./units.ts";
import { valueKey } from "./value-similarity.ts";

interface Given {
  task: number;
  person: string;
  value: LabelValue | null;
  guideline?: number;
  isBulk?: boolean;
  spentMs?: number;
}

interface RunFixture {
  kind?: LabelTaskKind;
  classes?: string[];
  tasks: number;
  given: Given[];
  labels?: (LabelValue | null)[];
  probabilities?: (number[] | null)[];
  golds?: { person: string; value: LabelValue | null; expected: LabelValue }[];
  more?: Partial<RunInput>;
}

/** Puts answers into the columns of a run. */
function inputOf({
  kind = "class",
  classes = [],
  tasks,
  given,
  labels = [],
  probabilities = [],
  golds = [],
  more,
}: RunFixture): RunInput {
  const values: LabelValue[] = [];
  const known = new Map<string, number>();
  const place = (value: LabelValue | null | undefined) => {
    if (!value) return -1;
    const key = valueKey(value);
    const at = known.get(key) ?? values.push(value) - 1;
    known.set(key, at);
    return at;
  };
  const people = [...new Set([...given, ...golds].map(({ person }) => person))].sort();
  const byTask = Array.from({ length: tasks }, (_, task) => task);
  const rows = byTask.filter((task) => probabilities[task]);
  return {
    kind,
    classes,
    values,
    people,
    isExcluded: new Uint8Array(people.length),
    taskIds: Float64Array.from(byTask, (task) => 100 + task),
    label: Int32Array.from(byTask, (task) => place(labels[task])),
    isReviewed: new Uint8Array(tasks),
    isInTraining: new Uint8Array(tasks),
    probabilityRow: Int32Array.from(byTask, (task) => rows.indexOf(task)),
    probabilities: Float32Array.from(rows.flatMap((task) => probabilities[task] ?? [])),
    answers: {
      task: Int32Array.from(given, ({ task }) => task),
      person: Int32Array.from(given, ({ person }) => people.indexOf(person)),
      value: Int32Array.from(given, ({ value }) => place(value)),
      guideline: Int32Array.from(given, ({ guideline = 1 }) => guideline),
      isBulk: Uint8Array.from(given, ({ isBulk = false }) => Number(isBulk)),
      spentMs: Int32Array.from(given, ({ spentMs = 2000 }) => spentMs),
    },
    golds: {
      person: Int32Array.from(golds, ({ person }) => people.indexOf(person)),
      value: Int32Array.from(golds, ({ value }) => place(value)),
      expected: Int32Array.from(golds, ({ expected }) => place(expected)),
    },
    minGoldAccuracy: 0.8,
    leftOut: 0,
    ...more,
  };
}

const run = (fixture: RunFixture) => {
  const { noise, ...results } = computeRun(inputOf(fixture));
  const named = noise && { ...noise, suspected: noise.suspected.map((one) => ({ ...one, item: String(one.taskId) })) };
  return LabelRunResults.parse({ ...results, noise: named });
};

const say = (label: string): LabelValue => ({ kind: "class", label });
const classes = ["cat", "dog", "fox"];

/** Ada is correct in 95 %, Ben in 75 %, Cy presses one key; one label in ten is wrong, and the model is right in 92 %. */
function simulated(tasks = 600): RunFixture & { wrong: Set<number> } {
  const random = seededRandom(7);
  const pick = (besides?: number) => {
    const at = Math.floor(random() * classes.length);
    return at === besides ? (at + 1) % classes.length : at;
  };
  const given: Given[] = [];
  const [labels, probabilities]: [LabelValue[], number[][]] = [[], []];
  const wrong = new Set<number>();
  for (let task = 0; task < tasks; task += 1) {
    const actual = pick();
    const said = (accuracy: number) => classes[random() < accuracy ? actual : pick(actual)] as string;
    given.push({ task, person: "ada", value: say(said(0.95)) });
    given.push({ task, person: "ben", value: say(said(0.75)), spentMs: 300 });
    given.push({ task, person: "cy", value: say("cat") });
    const isWrong = random() < 0.1;
    if (isWrong) wrong.add(100 + task);
    labels.push(say(classes[isWrong ? pick(actual) : actual] as string));
    const best = random() < 0.92 ? actual : pick(actual);
    const own = classes.map((_, at) => (at === best ? 0.75 + random() / 5 : 0));
    const rest = 1 - own.reduce((sum, value) => sum + value, 0);
    probabilities.push(own.map((value) => (value === 0 ? rest / 2 : value)));
  }
  return { classes, tasks, given, labels, probabilities, wrong };
}

test("measures people by their answers, and finds who presses one key", () => {
  const { byPerson, pairs, grade, agreement, consensus } = run(simulated());
  const [ada, ben, cy] = ["ada", "ben", "cy"].map((name) => byPerson.find(({ person }) => person === name));
  expect(ada?.correct.value).toBeGreaterThan(0.8);
  expect(ben?.correct.value).toBeLessThan(ada?.correct.value ?? 0);
  expect(ada?.competence).toBeGreaterThan(0.7);
  expect(cy?.competence).toBeLessThan(0.3);
  expect(cy?.maxRepeats).toBe(600);
  expect(ben).toMatchObject({ fastAnswers: 600, medianMs: 300 });
  expect(cy?.bias[0]).toMatchObject({ name: "cat" });
  expect(cy?.bias[0]?.low).toBeGreaterThan(0.5);
  expect(ada?.confusion?.map((row) => row.indexOf(Math.max(...row)))).toEqual([0, 1, 2]);
  expect(pairs).toHaveLength(3);
  expect(pairs.find(({ a, b }) => a === "ada" && b === "cy")?.kappa).toBeCloseTo(0, 10);
  expect(grade).toBe("unreliable");
  expect(agreement.alpha.low).toBeLessThan(agreement.alpha.value as number);
  expect(agreement.ac1?.value).not.toBeNull();
  // Of the 10 % of labels that are wrong, the answers together contradict nearly all.
  expect(consensus.method).toBe("crowdlab");
  expect(consensus.different).toBeGreaterThan(40);
  expect(ada?.quality).toBeGreaterThan(ben?.quality as number);
  expect(ben?.quality).toBeGreaterThan(cy?.quality as number);
  const votesOnly = run({ ...simulated(), probabilities: [] });
  expect(votesOnly.consensus).toMatchObject({ method: "dawid-skene" });
  expect(votesOnly.consensus.different).toBeGreaterThan(40);
  expect(votesOnly.byPerson.every(({ quality }) => quality === null)).toBe(true);
});

test("suspects the labels that the probabilities contradict, the most doubtful first", () => {
  const fixture = simulated();
  const { noise, byClass } = run(fixture);
  const found = noise?.suspected ?? [];
  expect(noise).toMatchObject({ rows: 600, withoutProbabilities: 0, inTraining: 0 });
  const isWrong = (taskId: number) => fixture.wrong.has(taskId);
  expect(found.filter(({ taskId }) => isWrong(taskId)).length / fixture.wrong.size).toBeGreaterThan(0.8);
  expect(found.map(({ score }) => score)).toEqual(found.map(({ score }) => score).toSorted((a, b) => a - b));
  expect(noise?.share.low).toBeGreaterThan(0.05);
  expect(noise?.share.high).toBeLessThan(0.3);
  expect(noise?.joint.flat().reduce((sum, count) => sum + count, 0)).toBe(600);
  expect(byClass.every((one) => one.noise !== null && one.noise > 0)).toBe(true);
});

test("leaves rows of the training data out of suspected errors, and reviewed labels are not suspected", () => {
  const fixture = simulated();
  const first = run(fixture).noise?.suspected[0]?.taskId as number;
  const isReviewed = new Uint8Array(600);
  isReviewed[first - 100] = 1;
  const reviewed = run({ ...fixture, more: { isReviewed } }).noise;
  expect(reviewed?.rows).toBe(600);
  expect(reviewed?.suspected.some(({ taskId }) => taskId === first)).toBe(false);
  const isInTraining = new Uint8Array(600).fill(1, 0, 500);
  const noise = run({ ...fixture, more: { isInTraining } }).noise;
  expect(noise).toMatchObject({ rows: 100, inTraining: 500 });
  expect(noise?.suspected.every(({ taskId }) => taskId >= 600)).toBe(true);
  expect(run({ ...fixture, probabilities: [] }).noise).toBeNull();
});

test("compares answers only within a version of the guideline", () => {
  // Under the first version both say cat, under the second both say dog: across versions they would disagree.
  const given = Array.from({ length: 20 }, (_, task) => [
    { task, person: "ada", value: say(task % 2 ? "cat" : "fox"), guideline: 1 },
    { task, person: "ben", value: say("dog"), guideline: 2 },
    { task, person: "cy", value: say("dog"), guideline: 2 },
  ]).flat();
  const { agreement, guidelines, byPerson } = run({ classes, tasks: 20, given });
  expect(agreement).toMatchObject({ compared: 20, similarity: { value: 1 } });
  expect(guidelines).toMatchObject([
    { version: 1, compared: 0, answers: 20, alpha: { value: null } },
    { version: 2, compared: 20, answers: 40, similarity: { value: 1 } },
  ]);
  expect(byPerson.find(({ person }) => person === "ada")).toMatchObject({ compared: 0, agreement: { value: null } });
});

test("has no value for agreement that is undefined, and leaves excluded people and cannot-tells out", () => {
  const given = [0, 1, 2].map((task) => ({ task, person: "ada", value: say("cat") }));
  const alone = run({ classes, tasks: 3, given });
  expect(alone).toMatchObject({
    grade: null,
    agreement: { compared: 0, alpha: { value: null }, ac1: { value: null } },
  });
  const both = [...given, ...given.map((one) => ({ ...one, person: "ben", value: say("dog") }))];
  expect(run({ classes, tasks: 3, given: both }).agreement.compared).toBe(3);
  const excluded = run({ classes, tasks: 3, given: both, more: { isExcluded: Uint8Array.of(0, 1) } });
  expect(excluded.agreement).toMatchObject({ compared: 0, answers: 3 });
  expect(excluded.byPerson.find(({ person }) => person === "ben")).toMatchObject({ isExcluded: true, answers: 3 });
  const cannot = run({ classes, tasks: 3, given: [...given, { task: 0, person: "ben", value: null }] });
  expect(cannot.byPerson.find(({ person }) => person === "ben")).toMatchObject({ answers: 0, cannotTell: 1 });
  expect(run({ classes, tasks: 0, given: [] })).toMatchObject({ answers: 0, largestClassShare: null });
});

test("judges gold by a fair rule, and counts cannot-tell there as not the expected answer", () => {
  const golds = (correct: number, wrong: number) => [
    ...Array.from({ length: correct }, () => ({ person: "ada", value: say("cat"), expected: say("cat") })),
    ...Array.from({ length: wrong }, (_, at) => ({
      person: "ada",
      value: at ? say("dog") : null,
      expected: say("cat"),
    })),
  ];
  const given = [{ task: 0, person: "ada", value: say("cat") }];
  const verdict = (correct: number, wrong: number) => {
    const { gold } = run({ classes, tasks: 1, given, golds: golds(correct, wrong) }).byPerson[0] as never as {
      gold: object;
    };
    return gold;
  };
  expect(verdict(0, 4)).toMatchObject({ seen: 4, correct: 0, verdict: "too-few" });
  expect(verdict(0, 5)).toMatchObject({ verdict: "pause" });
  expect(verdict(9, 1)).toMatchObject({ seen: 10, correct: 9, verdict: "fine", accuracy: { value: 0.9 } });
});

test("measures other kinds of answers by what makes them alike", () => {
  const two = (kind: LabelTaskKind, pairs: [LabelValue, LabelValue][], more: Partial<RunFixture> = {}) =>
    run({
      kind,
      tasks: pairs.length,
      given: pairs.flatMap(([a, b], task) => [
        { task, person: "ada", value: a },
        { task, person: "ben", value: b },
      ]),
      ...more,
    }).agreement;
  const box = (x: number): LabelValue => ({
    kind: "boxes",
    boxes: [{ label: "dent", x, y: 0, width: 10, height: 10 }],
  });
  expect(
    two("boxes", [
      [box(0), box(0)],
      [box(0), box(50)],
    ]).similarity.value,
  ).toBeCloseTo(0.5, 10);
  const text = (words: string): LabelValue => ({ kind: "text", text: words });
  expect(two("text", [[text("one two three four"), text("one two three")]]).similarity.value).toBeCloseTo(0.75, 10);
  const spans = (end: number): LabelValue => ({ kind: "spans", spans: [{ label: "PER", start: 0, end }] });
  expect(
    two("spans", [
      [spans(3), spans(3)],
      [spans(3), spans(2)],
    ]).similarity.value,
  ).toBeCloseTo(0.75, 10);
  const many = (...labels: string[]): LabelValue => ({ kind: "multilabel", labels });
  const labelled = two(
    "multilabel",
    [
      [many("cat", "dog"), many("dog", "cat")],
      [many("cat"), many("cat", "dog")],
    ],
    { classes },
  );
  expect(labelled.similarity.value).toBeCloseTo(0.75, 10);
  expect(labelled.alpha.value).not.toBeNull();
  const number = (value: number): LabelValue => ({ kind: "number", number: value });
  expect(
    two("number", [
      [number(1), number(1)],
      [number(5), number(5)],
      [number(9), number(8)],
    ]).alpha.value,
  ).toBeGreaterThan(0.9);
  const rating = (value: number): LabelValue => ({ kind: "ordinal", rating: value });
  const rated = two(
    "ordinal",
    [
      [rating(1), rating(1)],
      [rating(5), rating(4)],
      [rating(3), rating(3)],
    ],
    { classes: ["1", "2", "3", "4", "5"] },
  );
  expect(rated.alpha.value).toBeGreaterThan(0.7);
});

test("computes 100,000 answers within seconds", () => {
  const fixture = simulated(33_334);
  // Of the processor: on a busy machine everything takes longer.
  const began = process.cpuUsage();
  expect(run(fixture).answers).toBeGreaterThan(100_000);
  const { user, system } = process.cpuUsage(began);
  expect((user + system) / 1e6).toBeLessThan(30);
});

test("compares two texts once for all results of a run, and not all of them where that takes too long", () => {
  let reads = 0;
  const said = (text: string): LabelValue => ({
    kind: "text",
    get text() {
      reads += 1;
      return text;
    },
  });
  const texts = Array.from({ length: 20 }, (_, task) => [said(`call ${task} ends`), said(`call ${task} ended`)]);
  const given = texts.flatMap(([a, b], task) =>
    [a, b].map((value, at) => ({ task, person: `p${at}`, value: value as LabelValue, guideline: 1 + (task % 2) })),
  );
  const labels = texts.map(([a]) => a as LabelValue);
  const input = inputOf({ kind: "text", tasks: 20, given, labels });
  reads = 0;
  const { agreement, guidelines, byPerson } = computeRun(input);
  expect(guidelines.map(({ compared }) => compared)).toEqual([10, 10]);
  expect(agreement.similarity.value).toBeCloseTo(2 / 3, 12);
  expect(byPerson.map(({ correct }) => correct.value)).toEqual([1, 1]);
  // Each text once for its length and once for its only pair.
  expect(reads).toBe(80);
  const units = unitsOf(input);
  // Nine steps for each pair of three words: half of them fit.
  const { ofPerson } = comparePairs(input, units, compareValues(input), 90);
  expect(ofPerson.get(0)).toEqual({ shared: 10, agreed: 10 });
});

test("finishes for so many people and classes that their confusions do not fit into memory", () => {
  const classes = Array.from({ length: 1000 }, (_, at) => `c${at}`);
  const given = Array.from({ length: 42 }, (_, at) => ({
    task: at % 2,
    person: `p${at}`,
    value: { kind: "class", label: "c7" } as const,
  }));
  const { consensus, agreement } = computeRun(inputOf({ classes, tasks: 2, given }));
  expect(consensus).toEqual({ method: null, different: 0, differences: [] });
  expect(agreement.compared).toBe(2);
});
