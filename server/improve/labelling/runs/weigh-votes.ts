import { crowdLab } from "#server/stats/labelling/crowd-lab.ts";
import { dawidSkene, fitsDawidSkene } from "#server/stats/labelling/dawid-skene.ts";
import type { LabelRunResults } from "./contract.ts";
import { votesOf } from "./measure-agreement.ts";
import type { RunInput } from "./run-input.ts";

/** What all answers together say about each task. */
export interface WeighedVotes {
  method: LabelRunResults["consensus"]["method"];
  /** Probability of each class of each task; all 0 for a task without votes. */
  posterior: Float64Array;
  /** Quality of each person by CROWDLAB; null without probabilities, and for someone who shares no task. */
  quality: (number | null)[];
}

/**
 * Weighs the answers of all people together: by Dawid and Skene's method, and where tasks have probabilities of a model that was not trained on them by
 * CROWDLAB (docs/spec/labelling.md sections 6.2 and 7).
 * @param rows answers that count, by their place
 * @returns undefined where answers are no classes, there are none, or so many people and classes that their confusions do not fit into memory
 */
export function weighVotes(input: RunInput, rows: Int32Array): WeighedVotes | undefined {
  if (input.kind !== "class" || rows.length === 0) return undefined;
  const { answers, taskIds, classes, people } = input;
  const taskOf = (row: number) => answers.task[row] as number;
  const votes = votesOf(input, { rows, unit: Int32Array.from(rows, taskOf), count: taskIds.length });
  if (!votes || classes.length < 2 || !fitsDawidSkene(votes)) return undefined;
  const { posterior } = dawidSkene(votes, { hasFloor: true });
  const alone: WeighedVotes = { method: "dawid-skene", posterior, quality: people.map(() => null) };
  const crowd = weighWithModel(input, rows);
  if (!crowd) return alone;
  for (const [at, task] of crowd.tasks.entries()) {
    posterior.set(crowd.posterior.subarray(at * classes.length, (at + 1) * classes.length), task * classes.length);
  }
  return { method: "crowdlab", posterior, quality: crowd.quality };
}

function weighWithModel(input: RunInput, all: Int32Array) {
  const { answers, probabilityRow, isInTraining, probabilities, classes, people } = input;
  const hasModel = (task: number) => probabilityRow[task] !== -1 && isInTraining[task] === 0;
  const rows = all.filter((row) => hasModel(answers.task[row] as number));
  const tasks = [...new Set(Array.from(rows, (row) => answers.task[row] as number))];
  const places = new Map(tasks.map((task, at) => [task, at]));
  const unit = Int32Array.from(rows, (row) => places.get(answers.task[row] as number) as number);
  const votes = rows.length > 0 && votesOf(input, { rows, unit, count: tasks.length });
  if (!votes) return undefined;
  const values = new Float64Array(tasks.length * classes.length);
  for (const [at, task] of tasks.entries()) {
    const from = (probabilityRow[task] as number) * classes.length;
    values.set(probabilities.subarray(from, from + classes.length), at * classes.length);
  }
  // Only people with a vote on these tasks, by places of their own.
  const voters = [...new Set(votes.annotator)];
  const placeOf = new Map(voters.map((person, at) => [person, at]));
  const annotator = votes.annotator.map((person) => placeOf.get(person) as number);
  const own = { ...votes, annotator, annotators: voters.length };
  const found = crowdLab(own, { values, classes: classes.length });
  if (!found) return undefined;
  const quality: (number | null)[] = people.map(() => null);
  for (const [at, person] of voters.entries()) quality[person] = found.annotators[at]?.quality ?? null;
  return { tasks, posterior: found.posterior, quality };
}
