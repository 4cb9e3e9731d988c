import { dayMs, hourMs } from "#server/base/durations.ts";
import { formatCount, formatDuration, percent } from "#server/base/format-number.ts";
import type { LabelHealth } from "#server/improve/labelling/health/read-label-health.ts";
import type { LabelInterval } from "#server/improve/labelling/runs/contract.ts";
import type { LabelProblem } from "../contract.ts";
import type { Observation } from "../observation.ts";
import type { SpecOf } from "./spec-of.ts";

type Found = Pick<Observation, "isTrue" | "value" | "limit" | "words" | "effect">;
type Limits = Pick<SpecOf<"labels">, "alphaBelow" | "errorShare" | "idleHours">;

interface Circumstances {
  limits: Limits;
  /** Whether its alert fires: then it ends at another value than it began. */
  isFiring: boolean;
  /** Milliseconds since 1970. */
  now: number;
}

/** Share of the target below which a backlog is no longer one: the pace of a week moves with each label. */
const relief = 0.8;
/** Share of the answers above which one class makes alpha low however well people agree. */
const rareShare = 0.8;

/**
 * Looks for one kind of problem with the labels of a project. Numbers with an interval begin when all of it is beyond the limit, and end when the
 * number itself is not, so that the next run does not undo what chance did. docs/spec/labelling.md section 12.7.
 * @returns isTrue null where nothing can be said
 */
export function findLabelProblem(problem: LabelProblem, health: LabelHealth, circumstances: Circumstances): Found {
  return finders[problem](health, circumstances);
}

const finders: Record<LabelProblem, (health: LabelHealth, circumstances: Circumstances) => Found> = {
  disagreement: ({ project, alpha, ac1, largestClassShare }, { limits: { alphaBelow: limit }, isFiring }) => {
    const isRare = (largestClassShare ?? 0) > rareShare && ac1?.value != null;
    const [name, measure] = isRare ? ["AC1", ac1] : ["alpha", alpha];
    const { value } = measure ?? { value: null };
    if (measure === null || value === null)
      return { isTrue: null, value, limit, words: `Agreement in ${project} is unknown so far.` };
    const isTrue = isFiring ? value < limit : measure.high !== null && measure.high < limit;
    const words = `${isTrue ? "People do not agree" : "Agreement"} in ${project}: ${name} ${two(value)}${rangeOf(measure, two)}, limit ${two(limit)}.`;
    return { isTrue, value, limit, words, effect: `people disagree, ${name} ${two(value)}` };
  },
  errors: ({ project, noise }, { limits: { errorShare: limit }, isFiring }) => {
    const { value } = noise ?? { value: null };
    if (noise === null || value === null)
      return { isTrue: null, value, limit, words: `The share of incorrect labels in ${project} is unknown so far.` };
    const isTrue = isFiring ? value > limit : noise.low !== null && noise.low > limit;
    const words = `About ${percent(value)} of the labels in ${project} are likely incorrect${rangeOf(noise, percent)}, limit ${percent(limit)}.`;
    return { isTrue, value, limit, words, effect: `${percent(value)} of labels are likely incorrect` };
  },
  backlog: ({ project, auditOpen, auditLate, auditDaysLeft, labelWithinDays: limit }, { isFiring }) => {
    const items = `${formatCount(auditOpen)} audit item${auditOpen === 1 ? "" : "s"}`;
    const due = `due within ${limit}\u00a0d`;
    if (auditOpen === 0) return { isTrue: false, value: 0, limit, words: `No audit items to label in ${project}.` };
    if (auditDaysLeft === null) {
      const words = `${items} in ${project} ${auditOpen === 1 ? "waits" : "wait"}, ${due}, and none was labelled in the last 7\u00a0d.`;
      return {
        // Without a label in the week an audit that took too long takes longer still.
        isTrue: auditLate > 0 || isFiring,
        value: null,
        limit,
        words,
        effect: `no audit item labelled, ${formatCount(auditLate)} late`,
      };
    }
    const left = formatDuration(auditDaysLeft * dayMs);
    return {
      isTrue: auditDaysLeft > (isFiring ? relief : 1) * limit,
      value: auditDaysLeft,
      limit,
      words: `${items} in ${project} ${auditOpen === 1 ? "takes" : "take"} ${left} at the pace of the last 7\u00a0d, ${due}.`,
      effect: `audit takes ${left}, ${due}`,
    };
  },
  idle: ({ project, open, lastAnswerAt, oldestOpenAt }, { limits: { idleHours: limit }, now }) => {
    if (open === 0 || oldestOpenAt === null)
      return { isTrue: false, value: null, limit, words: `No items to label in ${project}.` };
    // Nobody could label before there was something to label.
    const idleMs = Math.max(0, now - Math.max(lastAnswerAt ?? 0, oldestOpenAt));
    const items = `${formatCount(open)} item${open === 1 ? " waits" : "s wait"}`;
    const words = `No labels in ${project} for ${formatDuration(idleMs)} (limit ${formatDuration(limit * hourMs)}); ${items}.`;
    const isTrue = idleMs >= limit * hourMs;
    return { isTrue, value: idleMs / hourMs, limit, words, effect: `no labels for ${formatDuration(idleMs)}` };
  },
};

function two(value: number): string {
  return value.toFixed(2);
}

function rangeOf({ low, high }: LabelInterval, format: (value: number) => string): string {
  return low === null || high === null ? "" : ` (${format(low)} to ${format(high)})`;
}
