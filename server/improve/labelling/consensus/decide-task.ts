import { boxConsensus, type DrawnBoxes } from "#server/stats/labelling/box-consensus.ts";
import { annotatorAccuracy, type ConsensusStep, consensusStep } from "#server/stats/labelling/consensus-step.ts";
import type { AnswerControl, BoxValue, LabelSettings, LabelValue } from "../contract.ts";
import { labelsAgree } from "../values/labels-agree.ts";

/** A current answer that counts: not given to a gold item. */
interface CountedAnswer {
  value: LabelValue | null;
  /** Answers of this person that could be compared, and those that were correct. */
  correct: number;
  seen: number;
  /** Whether consensus leaves the person out. */
  isExcluded: boolean;
}

export interface DecisionInput {
  answers: readonly CountedAnswer[];
  control: AnswerControl;
  settings: Pick<LabelSettings, "stop" | "minAnswers" | "maxAnswers">;
  /** Answers that the task takes at least, whatever the settings say. */
  least: number;
  /** Mean accuracy of all annotators. */
  pool: number;
  /** Probabilities by class, where the model has a vote. */
  model: readonly number[] | null;
}

export interface TaskDecision {
  verdict: "settled" | "more" | "disagreement" | "cannot-tell";
  /** The leading label; null without an answer. */
  label: LabelValue | null;
  /** Probability that the leading label is correct; null where it is not known for this kind of answers. */
  posterior: number | null;
  method: "step" | "majority" | "merge";
  /** Answers that had a say. */
  people: number;
}

/** Answers of people who cannot decide from which a reviewer does. */
const minCannotTell = 2;

/**
 * Decides what the answers to a task amount to: settled, another person, or a reviewer. Classes, ratings and multi-label answers by their
 * posterior; numbers, texts, boxes and spans by agreement, since they have none. Where a project takes a fixed number of answers
 * (minAnswers = maxAnswers), the majority settles. docs/spec/labelling.md sections 4.1, 4.4 and 4.5.
 * @param agree says whether two answers are the same; one that remembers saves work where a task is decided repeatedly
 */
export function decideTask(input: DecisionInput, agree = labelsAgree): TaskDecision {
  const counted = input.answers.filter(({ isExcluded }) => !isExcluded);
  const cannotTell = counted.filter(({ value }) => value === null).length;
  const votes = counted.flatMap(({ value, correct, seen }) => (value ? [{ value, correct, seen }] : []));
  const minAnswers = Math.max(input.settings.minAnswers, input.least);
  const maxAnswers = Math.max(input.settings.maxAnswers, input.least);
  const led = lead(input, votes, agree);
  const base = { label: led.label, posterior: led.posterior, method: led.method, people: votes.length };
  // After it was sent back, or a second opinion was asked for, others answer first.
  if (cannotTell >= minCannotTell && counted.length >= input.least) return { ...base, verdict: "cannot-tell" };
  if (votes.length < minAnswers) return { ...base, verdict: "more" };
  const isFixed = input.settings.minAnswers === input.settings.maxAnswers;
  if (led.isCertain || (isFixed && led.isMajority)) return { ...base, verdict: "settled" };
  return { ...base, verdict: votes.length >= maxAnswers ? "disagreement" : "more" };
}

interface Vote {
  value: LabelValue;
  correct: number;
  seen: number;
}

interface Lead {
  label: LabelValue | null;
  posterior: number | null;
  method: "step" | "majority" | "merge";
  /** Whether the posterior is above what the project requires, or the answers agree. */
  isCertain: boolean;
  /** Whether more answers say this than anything else. */
  isMajority: boolean;
}

function lead(input: DecisionInput, votes: readonly Vote[], agree: typeof labelsAgree): Lead {
  const { control } = input;
  if (votes.length === 0) return { label: null, posterior: null, method: "step", isCertain: false, isMajority: false };
  if (control.kind === "class") {
    const names = control.classes.map(({ name }) => name);
    return leadOfClasses(input, {
      votes,
      count: names.length,
      classOf: (value) => (value.kind === "class" ? names.indexOf(value.label) : -1),
      labelOf: (at) => ({ kind: "class", label: names[at] ?? "" }),
    });
  }
  if (control.kind === "ordinal") {
    return leadOfClasses(input, {
      votes,
      count: control.max ?? 5,
      classOf: (value) => (value.kind === "ordinal" ? value.rating - 1 : -1),
      labelOf: (at) => ({ kind: "ordinal", rating: at + 1 }),
    });
  }
  if (control.kind === "multilabel") return leadOfSets(input, votes);
  const led = leadByAgreement(control, votes, agree);
  const boxes = led.isCertain && votes.length > 1 ? mergeBoxes(votes, input.pool) : null;
  const isLost = boxes?.length === 0 && led.label?.kind === "boxes" && led.label.boxes.length > 0;
  return boxes && !isLost ? { ...led, label: { kind: "boxes", boxes }, method: "merge" } : led;
}

interface Classes {
  votes: readonly Vote[];
  count: number;
  /** Place of the class that an answer gives; -1 for one that was removed from the project meanwhile. */
  classOf: (value: LabelValue) => number;
  labelOf: (at: number) => LabelValue;
}

function leadOfClasses(input: DecisionInput, { votes, count, classOf, labelOf }: Classes): Lead {
  const given = votes.map((vote) => ({ ...vote, given: classOf(vote.value) })).filter(({ given }) => given >= 0);
  const [first] = given;
  if (!first) return { label: null, posterior: null, method: "step", isCertain: false, isMajority: false };
  // With one class there is nothing to be wrong about.
  if (count < 2) return { label: labelOf(0), posterior: 1, method: "step", isCertain: true, isMajority: true };
  const { posterior, label } = stepOf(input, given, count);
  const certainty = posterior[label] ?? 0;
  return {
    label: labelOf(label),
    posterior: certainty,
    method: "step",
    isCertain: certainty > input.settings.stop,
    isMajority: countOf(given, label) > Math.max(0, ...others(count, label).map((other) => countOf(given, other))),
  };
}

const countOf = (votes: readonly { given: number }[], label: number) =>
  votes.filter(({ given }) => given === label).length;

const others = (count: number, label: number) =>
  Array.from({ length: count }, (_, at) => at).filter((at) => at !== label);

function stepOf(
  { pool, model, settings }: Pick<DecisionInput, "pool" | "model" | "settings">,
  votes: readonly { given: number; correct: number; seen: number }[],
  count: number,
): ConsensusStep {
  return consensusStep(
    {
      votes: votes.map(({ given, correct, seen }) => ({
        given,
        accuracy: annotatorAccuracy({ correct, seen }, pool, count),
      })),
      prior: Array.from({ length: count }, () => 1 / count),
      model: model?.length === count ? model : null,
    },
    settings,
  );
}

/** Each class of a multi-label answer is a question of its own: given or not. The least certain one decides. */
function leadOfSets(input: DecisionInput, votes: readonly Vote[]): Lead {
  const sets = votes.map(({ value }) => new Set(value.kind === "multilabel" ? value.labels : []));
  let certainty = 1;
  let isMajority = true;
  const labels: string[] = [];
  for (const { name } of input.control.classes) {
    const given = votes.map(({ correct, seen }, at) => ({ correct, seen, given: sets[at]?.has(name) ? 1 : 0 }));
    const { posterior } = stepOf({ ...input, model: null }, given, 2);
    const [absent = 0, present = 0] = posterior;
    if (present > absent) labels.push(name);
    certainty = Math.min(certainty, Math.max(absent, present));
    isMajority &&= countOf(given, 0) !== countOf(given, 1);
  }
  const label: LabelValue = { kind: "multilabel", labels };
  return { label, posterior: certainty, method: "step", isCertain: certainty > input.settings.stop, isMajority };
}

/**
 * The answer with which most others agree leads; of equal ones the first. It is certain when it is the only one, or when more than half of
 * at least two agree on it. Of numbers that agree, the median leads; boxes that are certain are merged.
 */
function leadByAgreement(control: AnswerControl, votes: readonly Vote[], agree: typeof labelsAgree): Lead {
  const supporters = supportersOf(control, votes, agree);
  const largest = supporters.reduce((best, each) => (each.length > best.length ? each : best), supporters[0] ?? []);
  const at = supporters.indexOf(largest);
  const isCertain = votes.length === 1 || (largest.length >= 2 && largest.length * 2 > votes.length);
  const label = medianOf(largest) ?? votes[at]?.value ?? null;
  return { label, posterior: null, method: "majority", isCertain, isMajority: isCertain };
}

/** For each vote the votes that agree with it, itself among them. Two are compared once: drawings take long. */
function supportersOf(control: AnswerControl, votes: readonly Vote[], agree: typeof labelsAgree): Vote[][] {
  const agrees = votes.map((_, at) => votes.map((_, other) => at === other));
  for (const [at, one] of votes.entries()) {
    for (const [before, other] of votes.slice(0, at).entries()) {
      if (!agree(other.value, one.value, control)) continue;
      for (const [x, y] of [
        [at, before],
        [before, at],
      ] as const)
        (agrees[x] as boolean[])[y] = true;
    }
  }
  return agrees.map((row) => votes.filter((_, at) => row[at]));
}

/**
 * Merges what everyone drew, weighted by their accuracy: what more than half of them drew, to a hundredth of a percent as pages draw. Null for other
 * answers, and for turned boxes, whose mean is no box.
 */
function mergeBoxes(votes: readonly Vote[], pool: number): BoxValue[] | null {
  const drawn: DrawnBoxes[] = [];
  for (const { value, correct, seen } of votes) {
    if (value.kind !== "boxes" || value.boxes.some(({ rotation = 0 }) => rotation !== 0)) return null;
    // A box is there or not, so that guessing is correct in half of the cases.
    drawn.push({ accuracy: annotatorAccuracy({ correct, seen }, pool, 2), boxes: value.boxes });
  }
  const round = (percent: number) => Math.round(percent * 100) / 100;
  return boxConsensus(drawn).map(({ label, x, y, width, height }) => ({
    label,
    x: round(x),
    y: round(y),
    width: round(width),
    height: round(height),
  }));
}

function medianOf(votes: readonly Vote[]): LabelValue | undefined {
  const numbers = votes.flatMap(({ value }) => (value.kind === "number" ? [value.number] : []));
  if (numbers.length === 0) return undefined;
  numbers.sort((a, b) => a - b);
  const middle = numbers.length / 2;
  const [low = 0, high = 0] = [numbers[Math.ceil(middle) - 1], numbers[Math.floor(middle)]];
  return { kind: "number", number: (low + high) / 2 };
}
