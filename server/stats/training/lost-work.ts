/** One start of a job, in the order of its starts. Times in seconds since any fixed moment. */
export interface Stretch {
  startedAt: number;
  /** Null while it runs. */
  endedAt: number | null;
  /** Id of the checkpoint that it began with; null from the start. */
  resumedFrom: string | null;
  /** Highest step that it logged; null where it logged none. */
  lastStep: number | null;
}

/** A checkpoint, and the stretch that made it, by its place in the list. */
export interface Saved {
  id: string;
  stretch: number;
  savedAt: number;
  step: number | null;
}

/** What was lost between the end of a stretch and the start of the next one. */
export interface Loss {
  /** Highest step logged before the end, less the step that the next one began with; null where either is unknown. */
  steps: number | null;
  /** Seconds of work that the next stretch had to do again. */
  seconds: number;
  /** Seconds from the end until the next start. */
  waitedSeconds: number;
}

/**
 * Returns what was lost at each change from a stretch to the next. Work is counted from the start of the job through the checkpoints that
 * stretches began with, so that what was lost adds up to all time that ran, less the work that the last stretch stands on: going back behind a
 * damaged checkpoint into an earlier stretch counts what of that stretch is lost, too. docs/spec/training.md section 16.
 */
export function lostWork(stretches: readonly Stretch[], saved: readonly Saved[]): Loss[] {
  const byId = new Map(saved.map((each) => [each.id, each]));
  /** Seconds of work from the start of the job that a checkpoint holds. */
  const workOf = (id: string | null): number => {
    let seconds = 0;
    let current = id === null ? undefined : byId.get(id);
    // A checkpoint is of an earlier stretch than the one that began with it, so this ends.
    for (let before = stretches.length; current && current.stretch < before; ) {
      const stretch: Stretch | undefined = stretches[current.stretch];
      if (!stretch) break;
      seconds += Math.max(0, current.savedAt - stretch.startedAt);
      before = current.stretch;
      current = stretch.resumedFrom === null ? undefined : byId.get(stretch.resumedFrom);
    }
    return seconds;
  };
  const stepOf = (id: string | null) => (id === null ? 0 : (byId.get(id)?.step ?? null));
  return stretches.slice(1).flatMap((next, at) => {
    const stretch = stretches[at] as Stretch;
    if (stretch.endedAt === null) return [];
    const ran = Math.max(0, stretch.endedAt - stretch.startedAt);
    const fromStep = stepOf(next.resumedFrom);
    return {
      steps: stretch.lastStep === null || fromStep === null ? null : Math.max(0, stretch.lastStep - fromStep),
      seconds: Math.max(0, workOf(stretch.resumedFrom) + ran - workOf(next.resumedFrom)),
      waitedSeconds: Math.max(0, next.startedAt - stretch.endedAt),
    };
  });
}
