import { agreementGrade } from "#server/stats/labelling/agreement-grade.ts";
import { pairwiseAgreement } from "#server/stats/labelling/pairwise-agreement.ts";
import { compareValues, maxSteps } from "./compare-values.ts";
import type { LabelRunResults } from "./contract.ts";
import { type FoundNoise, findNoise } from "./find-noise.ts";
import { alphaOfClass, measureAgreement, numberOf, votesOf } from "./measure-agreement.ts";
import { listPairs, measurePeople } from "./measure-people.ts";
import { type RunInput, valueAt } from "./run-input.ts";
import { type Units, unitsOf } from "./units.ts";
import { type WeighedVotes, weighVotes } from "./weigh-votes.ts";

/** Results without the texts of items. */
export type ComputedRun = Omit<LabelRunResults, "noise"> & { noise: FoundNoise | null };

/** Classes whose own alpha is computed, the most frequent ones. */
const maxClassAlphas = 50;
/** Versions of the guideline that are listed, the newest ones. */
const maxGuidelines = 50;
const maxDifferences = 200;

/** Computes everything that a label run says, from all answers of a project. Pure, and the same for the same answers. */
export function computeRun(input: RunInput): ComputedRun {
  const units = unitsOf(input);
  const comparison = compareValues(input);
  const { agreement, pairs } = measureAgreement(input, units, comparison);
  const noise = findNoise(input);
  const shares = classShares(input, units);
  const weighed = weighVotes(input, units.rows);
  return {
    tasks: input.taskIds.length,
    answers: input.answers.task.length,
    people: input.people.length,
    classes: [...input.classes],
    agreement,
    grade: agreementGrade(agreement.alpha.value),
    largestClassShare: input.kind === "class" && units.rows.length > 0 ? Math.max(...shares) : null,
    guidelines: guidelinesOf(input).map((version, _, { length }) => ({
      version,
      ...measureAgreement(input, unitsOf(input, version), comparison, maxSteps / length).agreement,
    })),
    byClass: classQuality(input, units, shares, noise),
    pairs: listPairs(input, pairs, kappasOf(input, units)),
    byPerson: measurePeople(input, units, { pairs, comparison, quality: weighed?.quality ?? [] }),
    consensus: compareConsensus(input, weighed),
    noise,
    leftOut: input.leftOut,
  };
}

function guidelinesOf({ answers }: RunInput): number[] {
  return [...new Set(answers.guideline)].sort((a, b) => a - b).slice(-maxGuidelines);
}

/** Share of the answers that say each class; for several labels, the share of answers that have it. */
function classShares({ classes, values, answers }: RunInput, { rows }: Units): number[] {
  const counts = classes.map(() => 0);
  const places = new Map(classes.map((name, place) => [name, place]));
  const chosen = values.map((value) => {
    if (value.kind === "multilabel") return value.labels;
    if (value.kind === "ordinal") return [String(value.rating)];
    return value.kind === "class" ? [value.label] : [];
  });
  for (const row of rows) {
    for (const name of chosen[answers.value[row] as number] ?? []) {
      const place = places.get(name);
      if (place !== undefined) counts[place] = (counts[place] ?? 0) + 1;
    }
  }
  return counts.map((count) => (rows.length === 0 ? 0 : count / rows.length));
}

function classQuality(
  input: RunInput,
  units: Units,
  shares: readonly number[],
  noise: FoundNoise | null,
): LabelRunResults["byClass"] {
  const frequent = [...shares.keys()].sort((a, b) => (shares[b] as number) - (shares[a] as number) || a - b);
  const measured = new Set(frequent.slice(0, maxClassAlphas));
  return input.classes.map((name, at) => {
    const row = noise?.joint[at];
    const all = row?.reduce((sum, count) => sum + count, 0) ?? 0;
    return {
      name,
      share: shares[at] as number,
      alpha: measured.has(at) ? alphaOfClass(input, units, name) : null,
      noise: row && all > 0 ? 1 - (row[at] as number) / all : null,
    };
  });
}

function kappasOf(input: RunInput, units: Units): Map<string, number | null> {
  const votes = input.kind === "class" || input.kind === "ordinal" ? votesOf(input, units) : undefined;
  if (!votes) return new Map();
  return new Map(pairwiseAgreement(votes).pairs.map(({ a, b, kappa }) => [`${a} ${b}`, kappa]));
}

/** Compares labels in effect with what all answers together say. Labels that a reviewer decided stay. */
function compareConsensus(input: RunInput, weighed: WeighedVotes | undefined): LabelRunResults["consensus"] {
  if (!weighed) return { method: null, different: 0, differences: [] };
  const { taskIds, label, isReviewed, classes } = input;
  const { method, posterior } = weighed;
  const placeOf = numberOf(input);
  const differences: LabelRunResults["consensus"]["differences"] = [];
  for (let task = 0; task < taskIds.length; task += 1) {
    if (label[task] === -1 || isReviewed[task] === 1) continue;
    const own = posterior.subarray(task * classes.length, (task + 1) * classes.length);
    const given = placeOf(valueAt(input, label[task] as number));
    const likely = own.reduce((best, value, at) => (value > (own[best] as number) ? at : best), 0);
    // Tasks without votes, such as imported labels, have a posterior of 0 everywhere.
    if (likely === given || (own[likely] as number) <= 0.5) continue;
    differences.push({
      taskId: taskIds[task] as number,
      label: classes[given] as string,
      likely: classes[likely] as string,
      posterior: own[likely] as number,
    });
  }
  differences.sort((a, b) => b.posterior - a.posterior || a.taskId - b.taskId);
  return { method, different: differences.length, differences: differences.slice(0, maxDifferences) };
}
