/** Keys of every run; the points of a run are numbered, and take turns between these. */
export const keys = ["loss", "accuracy"] as const;

/** Milliseconds since 1970, of the request that begins or ends a state and of its response. */
interface TrashRange {
  deleteSentAt: number;
  deletedAt: number;
  restoreSentAt: number;
  restoredAt: number;
}

/** Something that may be in the trash. */
interface Trashable {
  number: number;
  trash: TrashRange[];
  /** Time of the response to the request to purge it. */
  purgedAt?: number;
  /** Whether a change of it, or of its runs, has been sent and has no response yet. */
  isChanging?: boolean;
  /** Whether a planned kill has chosen it, so that nothing else changes it. */
  isReserved?: boolean;
}

export interface LoggedExperiment extends Trashable {
  id: string;
}

/** Points from a number on that one request stored. */
interface AcceptedBatch {
  first: number;
  count: number;
  acceptedAt: number;
}

export interface LoggedRun extends Trashable {
  id: string;
  experiment: LoggedExperiment;
  createdAt: number;
  /** Points with smaller numbers have been sent, accepted or not. */
  sent: number;
  batches: AcceptedBatch[];
  /** By path below the artifacts of the run. */
  files: Map<string, { sha256: string; acceptedAt: number }>;
}

export interface Point {
  key: string;
  step: number;
  timestamp: number;
  value: number;
}

/** What clients sent and how it was answered. */
export class Ledger {
  readonly experiments: LoggedExperiment[] = [];
  readonly runs: LoggedRun[] = [];
}

/** Returns a point of a run by its number; no two points of all runs have the same value. */
export function pointOf({ number, createdAt }: Pick<LoggedRun, "number" | "createdAt">, at: number): Point {
  const step = Math.floor(at / keys.length);
  const key = keys[at % keys.length] as string;
  return { key, step, timestamp: createdAt + at, value: number + Math.sin(at + 1) / 3 };
}

/** Returns the accepted points of one key by their steps. @param before only those accepted before that time */
export function acceptedPoints(run: LoggedRun, key: string, before = Number.POSITIVE_INFINITY): Map<number, Point> {
  const points = new Map<number, Point>();
  for (const { first, count, acceptedAt } of run.batches) {
    if (acceptedAt >= before) continue;
    for (let at = first; at < first + count; at += 1) {
      const point = pointOf(run, at);
      if (point.key === key) points.set(point.step, point);
    }
  }
  return points;
}

/** Notes that a deletion is sent. @returns what to call after its response */
export function beginTrash(item: Trashable): (isDone: boolean) => void {
  const never = Number.POSITIVE_INFINITY;
  const range = { deleteSentAt: Date.now(), deletedAt: never, restoreSentAt: never, restoredAt: never };
  item.trash.push(range);
  return (isDone) => {
    if (isDone) range.deletedAt = Date.now();
    else item.trash.pop();
  };
}

/** Notes that a restoration is sent. @returns what to call after its response */
export function endTrash(item: Trashable): (isDone: boolean) => void {
  const range = item.trash.at(-1);
  if (!range) throw new Error("Nothing is in the trash.");
  range.restoreSentAt = Date.now();
  return (isDone) => {
    if (isDone) range.restoredAt = Date.now();
    else range.restoreSentAt = Number.POSITIVE_INFINITY;
  };
}

/** Whether a run, or an experiment, may have been in the trash at some time between two. */
export function mayBeInTrash(item: LoggedRun | LoggedExperiment, from: number, to: number): boolean {
  return rangesOf(item).some(({ deleteSentAt, restoredAt }) => deleteSentAt <= to && restoredAt >= from);
}

/** Whether a run, or an experiment, was certainly in the trash all the time between two. */
export function isInTrash(item: LoggedRun | LoggedExperiment, from: number, to: number): boolean {
  return rangesOf(item).some(({ deletedAt, restoreSentAt }) => deletedAt < from && restoreSentAt > to);
}

function rangesOf(item: LoggedRun | LoggedExperiment): TrashRange[] {
  return "experiment" in item ? [...item.trash, ...item.experiment.trash] : item.trash;
}

/** Whether a run must not be there any more in the end. */
export function isPurged({ purgedAt, experiment }: LoggedRun): boolean {
  return purgedAt !== undefined || experiment.purgedAt !== undefined;
}
