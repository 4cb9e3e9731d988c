import { InferenceFailure, lateFailure } from "../pool/failure.ts";

/** A caller that waits for a prediction. */
export interface Caller {
  /** On the clock of performance.now(). */
  deadlineAt: number;
  /** Index of its priority level, 0 being served first. */
  level: number;
  isGone(): boolean;
}

interface SharedRun<Result> {
  callers: Caller[];
  /** Level with which it waits for the model. */
  level: number;
  result: Promise<Result>;
}

/** Runs identical requests that come at the same time once. */
export class SharedRuns<Result> {
  private readonly runs = new Map<string, SharedRun<Result>>();

  /**
   * Waits for the run of `key` in progress, or starts one. A run of lower priority is not waited for: it may stand behind many others that
   * this caller precedes. Each caller waits at most until its own deadline; the run is abandoned only when no caller waits for it any more.
   * @param start starts the run; its argument returns whether no caller wants the result any more.
   * @param onShared called when another caller's run is waited for
   * @returns whether the run was another caller's, and its result
   * @throws the run's error, to all its callers; InferenceFailure "deadline"
   */
  async join(
    key: string,
    caller: Caller,
    start: (isUnwanted: () => boolean) => Promise<Result>,
    onShared: () => void = () => {},
  ): Promise<{ isShared: boolean; result: Result }> {
    const known = this.runs.get(key);
    if (!known || known.level > caller.level)
      return { isShared: false, result: await untilDeadline(this.start(key, caller, start), caller) };
    known.callers.push(caller);
    onShared();
    try {
      return { isShared: true, result: await untilDeadline(known.result, caller) };
    } catch (error) {
      // The earlier callers had less time, or had all disconnected by the time this one arrived.
      if (!isOfOthers(error) || !isWaiting(caller)) throw error;
      return this.join(key, caller, start, onShared);
    }
  }

  private start(key: string, caller: Caller, start: (isUnwanted: () => boolean) => Promise<Result>): Promise<Result> {
    const callers = [caller];
    const result = start(() => !callers.some(isWaiting)).finally(() => {
      if (this.runs.get(key)?.callers === callers) this.runs.delete(key);
    });
    this.runs.set(key, { callers, level: caller.level, result });
    return result;
  }
}

function isWaiting({ deadlineAt, isGone }: Caller): boolean {
  return performance.now() < deadlineAt && !isGone();
}

function isOfOthers(error: unknown): boolean {
  return error instanceof InferenceFailure && (error.reason === "deadline" || error.reason === "canceled");
}

async function untilDeadline<Result>(run: Promise<Result>, { deadlineAt }: Caller): Promise<Result> {
  const leftMs = Math.max(0, deadlineAt - performance.now());
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(lateFailure(leftMs)), leftMs);
  });
  try {
    return await Promise.race([run, late]);
  } finally {
    clearTimeout(timer);
  }
}
