import { evaluateGold } from "#server/stats/labelling/gold-rule.ts";
import { bestMace } from "#server/stats/labelling/mace.ts";
import { seededRandom } from "#server/stats/random.ts";
import { meanInterval } from "#server/stats/student-t.ts";
import { type ComparedPairs, shareWithInterval } from "./compare-pairs.ts";
import { maxSteps, type ValueComparison } from "./compare-values.ts";
import type { LabelRunResults, PersonQuality } from "./contract.ts";
import { numberOf, votesOf } from "./measure-agreement.ts";
import { type RunInput, valueAt } from "./run-input.ts";
import type { Units } from "./units.ts";

/** Classes up to which a confusion of each person is stored. */
const maxConfusion = 30;
/** People whose quality is listed, those with the most answers. */
const maxPeople = 200;
const maxBiases = 10;
/** Pairs that are listed. */
const maxPairs = 1000;
/** Nobody reads a picture in less. */
const fastMs = 400;
/** Verdicts need so many gold answers. */
const minGold = 5;
/** Answers up to which a check for guessing is repeated from other starts. */
const fewVotes = 20_000;

interface Counted {
  answers: number;
  cannotTell: number;
  fast: number;
  maxRepeats: number;
  run: number;
  last: number;
  times: number[];
  withLabel: number;
  correct: number;
  /** Rows of the answers on tasks that others answered too, and that have a label. */
  rows: number[];
}

interface Known {
  pairs: ComparedPairs;
  comparison: ValueComparison;
  /** Quality of each person by CROWDLAB. */
  quality: readonly (number | null)[];
}

/** Measures each person against the others, against the labels in effect and on gold items. Excluded people are measured as well. */
export function measurePeople(input: RunInput, units: Units, { pairs, comparison, quality }: Known): PersonQuality[] {
  const counted = countAnswers(input, comparison);
  const competence = competenceOf(input, units);
  return [...counted]
    .sort(([a, one], [b, other]) => other.answers - one.answers || a - b)
    .slice(0, maxPeople)
    .map(([person, own]) => {
      const shared = pairs.ofPerson.get(person) ?? { shared: 0, agreed: 0 };
      return {
        person: input.people[person] as string,
        answers: own.answers,
        cannotTell: own.cannotTell,
        compared: shared.shared,
        agreement: shareWithInterval(shared),
        withLabel: own.withLabel,
        correct: shareWithInterval({ shared: own.withLabel, agreed: own.correct }),
        ...classesOf(input, own.rows),
        quality: quality[person] ?? null,
        competence: competence?.[person] ?? null,
        gold: goldOf(input, person, comparison),
        medianMs: medianOf(own.times),
        fastAnswers: own.fast,
        maxRepeats: own.maxRepeats,
        isExcluded: input.isExcluded[person] === 1,
      };
    });
}

function countAnswers(input: RunInput, { compare, stepsOf }: ValueComparison): Map<number, Counted> {
  const { answers, label, people, isExcluded } = input;
  const voters = new Int32Array(label.length);
  for (let row = 0; row < answers.task.length; row += 1) {
    const task = answers.task[row] as number;
    if (answers.value[row] !== -1 && isExcluded[answers.person[row] as number] === 0)
      voters[task] = (voters[task] as number) + 1;
  }
  // One person's answer is the label itself where nobody else answered.
  const isCompared = (task: number) => label[task] !== -1 && (voters[task] as number) >= 2;
  let steps = 0;
  for (const [row, task] of answers.task.entries()) {
    const value = answers.value[row] as number;
    if (value !== -1 && isCompared(task)) steps += stepsOf(value, label[task] as number);
  }
  // Where comparing all would take too long, every n-th answer.
  const every = Math.max(1, Math.ceil(steps / maxSteps));
  const counted = new Map<number, Counted>();
  for (let row = 0; row < answers.task.length; row += 1) {
    const [task, person, value] = [answers.task[row], answers.person[row], answers.value[row]] as [
      number,
      number,
      number,
    ];
    if (person >= people.length) continue;
    const own = counted.get(person) ?? {
      answers: 0,
      cannotTell: 0,
      fast: 0,
      maxRepeats: 0,
      run: 0,
      last: -1,
      times: [],
      withLabel: 0,
      correct: 0,
      rows: [],
    };
    counted.set(person, own);
    const ms = answers.spentMs[row] as number;
    if (ms >= 0) own.times.push(ms);
    if (value === -1) {
      own.cannotTell += 1;
      continue;
    }
    own.answers += 1;
    if (ms >= 0 && ms < fastMs) own.fast += 1;
    own.run = value === own.last ? own.run + 1 : 1;
    own.last = value;
    own.maxRepeats = Math.max(own.maxRepeats, own.run);
    if (row % every !== 0 || !isCompared(task)) continue;
    own.withLabel += 1;
    own.rows.push(row);
    if (compare(value, label[task] as number).agreed) own.correct += 1;
  }
  return counted;
}

/** Counts how a person confuses classes, and finds those that the person says more or less often than they occur. */
function classesOf(input: RunInput, rows: readonly number[]): Pick<PersonQuality, "confusion" | "bias"> {
  const { kind, classes, answers, label } = input;
  if (kind !== "class") return { confusion: null, bias: [] };
  const placeOf = numberOf(input);
  const confusion = classes.length <= maxConfusion ? classes.map(() => classes.map(() => 0)) : null;
  const [given, actual, both] = [
    new Float64Array(classes.length),
    new Float64Array(classes.length),
    new Float64Array(classes.length),
  ];
  for (const row of rows) {
    const said = placeOf(valueAt(input, answers.value[row] as number));
    const is = placeOf(valueAt(input, label[answers.task[row] as number] as number));
    const cells = confusion?.[is];
    if (cells) cells[said] = (cells[said] ?? 0) + 1;
    given[said] = (given[said] as number) + 1;
    actual[is] = (actual[is] as number) + 1;
    if (said === is) both[is] = (both[is] as number) + 1;
  }
  const bias = classes.flatMap((name, at) =>
    biasOf(name, rows.length, given[at] as number, actual[at] as number, both[at] as number),
  );
  bias.sort((a, b) => Math.abs(b.difference) - Math.abs(a.difference));
  return { confusion, bias: bias.slice(0, maxBiases) };
}

/** Difference of both shares, of which each task has one, with Student's interval; none unless it is off zero. */
function biasOf(name: string, count: number, given: number, actual: number, both: number): PersonQuality["bias"] {
  const mean = (given - actual) / count;
  // Of each task the difference is 1, 0 or −1.
  const squares = given + actual - 2 * both;
  const deviation = Math.sqrt(Math.max(0, squares - count * mean * mean) / Math.max(1, count - 1));
  const interval = meanInterval({ count, mean, deviation });
  if (!interval || (interval.low <= 0 && interval.high >= 0)) return [];
  return [{ name, difference: mean, ...interval }];
}

function competenceOf(input: RunInput, units: Units): Float64Array | undefined {
  const votes = input.kind === "class" ? votesOf(input, units) : undefined;
  if (!votes || votes.classes < 2 || votes.item.length === 0) return undefined;
  const restarts = votes.item.length <= fewVotes ? 10 : 3;
  return bestMace(votes, { random: seededRandom(votes.item.length), restarts }).competence;
}

function goldOf(input: RunInput, person: number, { compare }: ValueComparison): PersonQuality["gold"] {
  const { golds, minGoldAccuracy } = input;
  let [seen, correct] = [0, 0];
  for (let row = 0; row < golds.person.length; row += 1) {
    if (golds.person[row] !== person) continue;
    seen += 1;
    const [value, expected] = [golds.value[row] as number, golds.expected[row] as number];
    // Cannot tell is an answer to a gold item as well, and not the expected one.
    if (value !== -1 && compare(value, expected).agreed) correct += 1;
  }
  const { below, action } = evaluateGold({ correct, seen }, minGoldAccuracy);
  return {
    seen,
    correct,
    accuracy: shareWithInterval({ shared: seen, agreed: correct }),
    belowFloor: below,
    verdict: seen < minGold ? "too-few" : ({ none: "fine", warn: "warning", pause: "pause" } as const)[action],
  };
}

function medianOf(times: readonly number[]): number | null {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}

/** Lists pairs of people, those with the most shared tasks first. */
export function listPairs(
  input: RunInput,
  { pairs }: ComparedPairs,
  kappas: ReadonlyMap<string, number | null>,
): LabelRunResults["pairs"] {
  return [...pairs.values()]
    .sort((one, other) => other.shared - one.shared || one.a - other.a || one.b - other.b)
    .slice(0, maxPairs)
    .map((pair) => ({
      a: input.people[pair.a] as string,
      b: input.people[pair.b] as string,
      shared: pair.shared,
      agreed: pair.agreed,
      agreement: shareWithInterval(pair),
      kappa: kappas.get(`${pair.a} ${pair.b}`) ?? null,
    }));
}
