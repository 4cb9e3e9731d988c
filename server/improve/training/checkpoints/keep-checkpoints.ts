import type { JobSpec } from "../contract.ts";

/** A checkpoint as far as it decides whether it is kept. */
export interface KeptOrNot {
  id: string;
  /** Order of arrival. */
  seq: number;
  /** What the metric of the best one was when it was saved, and the step at which it was logged; null where it was not. */
  measured: { value: number; step: number | null } | null;
  isTorn: boolean;
  /** Whether a wrapper restored it with equal digests. */
  isVerified: boolean;
}

/**
 * Returns the ids of the checkpoints to keep: the last ones, the best one by a metric, and the newest that a wrapper restored completely, since
 * the others are known to be complete only from the sender. Damaged ones count as none. docs/spec/training.md section 16.
 * @param inUse checkpoints that an attempt began with which has not saved since
 */
export function keepCheckpoints(
  checkpoints: readonly KeptOrNot[],
  { keepLast, best }: JobSpec["checkpoints"],
  inUse: ReadonlySet<string> = new Set(),
): Set<string> {
  const whole = checkpoints.filter((each) => !each.isTorn).sort((a, b) => b.seq - a.seq);
  const kept = new Set(whole.slice(0, keepLast).map(({ id }) => id));
  for (const { id } of whole) if (inUse.has(id)) kept.add(id);
  const verified = whole.find(({ isVerified }) => isVerified);
  if (verified) kept.add(verified.id);
  if (best) {
    const sign = best.goal === "max" ? 1 : -1;
    const scored = whole.flatMap(({ id, measured }) =>
      measured && Number.isFinite(measured.value) ? [{ id, score: sign * measured.value, step: measured.step }] : [],
    );
    // Of equal ones the newest: the list is sorted so. Of those that one point measured it is the first, the others have gone on since.
    const top = scored.reduce<(typeof scored)[number] | undefined>((best, each) => {
      if (!best || each.score > best.score) return each;
      return each.score === best.score && each.step !== null && each.step === best.step ? each : best;
    }, undefined);
    if (top) kept.add(top.id);
  }
  return kept;
}
