import { confidentJoint, wrongShare } from "#server/stats/labelling/confident-joint.ts";
import { rowsByScore, wrongLabels } from "#server/stats/labelling/label-noise.ts";
import { labelQuality } from "#server/stats/labelling/label-quality.ts";
import { wrongShareInterval } from "#server/stats/labelling/noise-share.ts";
import { maxSuspected, type Noise } from "./contract.ts";
import { numberOf } from "./measure-agreement.ts";
import { type RunInput, valueAt } from "./run-input.ts";

/** What a run finds without the text of items, which it does not read. */
export type FoundNoise = Omit<Noise, "suspected"> & { suspected: Omit<Noise["suspected"][number], "item">[] };

/** Probabilities that are read for the interval of the share, over all resamples. */
const maxReads = 400_000_000;

function resamplesOf(cells: number): number {
  return Math.max(20, Math.min(200, Math.floor(maxReads / Math.max(1, cells))));
}

/**
 * Finds settled labels that the probabilities contradict, by confident learning (docs/spec/labelling.md section 8). Tasks in the training data of
 * the version are left out: it has learned their labels, wrong ones too. Labels that a reviewer decided count, and are not suspected.
 * @returns null where answers are no classes, or no task has probabilities
 */
export function findNoise(input: RunInput): FoundNoise | null {
  const { kind, classes, label, probabilityRow, isInTraining, isReviewed, taskIds } = input;
  if (kind !== "class" || classes.length < 2 || probabilityRow.every((row) => row === -1)) return null;
  const placeOf = numberOf(input);
  const tasks: number[] = [];
  let [withoutProbabilities, inTraining] = [0, 0];
  for (let task = 0; task < label.length; task += 1) {
    if (label[task] === -1) continue;
    if (probabilityRow[task] === -1) withoutProbabilities += 1;
    else if (isInTraining[task] === 1) inTraining += 1;
    else tasks.push(task);
  }
  const labels = Int32Array.from(tasks, (task) => placeOf(valueAt(input, label[task] as number)));
  const rows = probabilitiesOf(input, tasks);
  const joint = confidentJoint(labels, rows);
  const interval = wrongShareInterval(labels, rows, { resamples: resamplesOf(tasks.length * classes.length) });
  const scores = labelQuality(labels, rows);
  const doubtful = rowsByScore(wrongLabels(labels, rows, joint), scores);
  const suspects = doubtful.filter((row) => isReviewed[tasks[row] as number] === 0);
  return {
    rows: tasks.length,
    withoutProbabilities,
    inTraining,
    share: {
      value: tasks.length === 0 ? null : wrongShare(joint),
      low: interval?.low ?? null,
      high: interval?.high ?? null,
    },
    joint: classes.map((_, given) =>
      Array.from(joint.calibrated.subarray(given * classes.length, (given + 1) * classes.length)),
    ),
    suspectedCount: suspects.length,
    suspected: Array.from(suspects.subarray(0, maxSuspected), (row) => {
      const own = rows.values.subarray(row * classes.length, (row + 1) * classes.length);
      const likely = likelyOf(own, labels[row] as number);
      return {
        taskId: taskIds[tasks[row] as number] as number,
        given: classes[labels[row] as number] as string,
        likely: classes[likely] as string,
        score: scores[row] as number,
        probability: own[likely] as number,
      };
    }),
  };
}

function probabilitiesOf({ classes, probabilities, probabilityRow }: RunInput, tasks: readonly number[]) {
  const values = new Float32Array(tasks.length * classes.length);
  for (const [row, task] of tasks.entries()) {
    const from = (probabilityRow[task] as number) * classes.length;
    values.set(probabilities.subarray(from, from + classes.length), row * classes.length);
  }
  return { values, classes: classes.length };
}

/** The most probable class but the given one. */
function likelyOf(own: Float32Array, given: number): number {
  let best = given === 0 ? 1 : 0;
  for (let at = 0; at < own.length; at += 1) {
    if (at !== given && (own[at] as number) > (own[best] as number)) best = at;
  }
  return best;
}
