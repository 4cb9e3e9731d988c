import { formatCount } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import type { EndCause, JobState } from "#server/improve/training/contract.ts";
import { endLabels } from "../jobs/job-labels.ts";

/** A part of the strip, in milliseconds since 1970. */
export interface StripPart {
  kind: "queued" | "ran" | "running" | "lost" | "expected";
  from: number;
  to: number;
  /** Number of its attempt; null for what is queued or expected. */
  attempt: number | null;
}

interface StripTick {
  id: string;
  at: number;
  kind: "saved" | "resumed" | "torn";
  /** Number of the attempt that began with it. */
  resumedBy: number | null;
}

/** A word at a place of the strip, and the side on which it has room. */
interface StripLabel {
  /** Number of the attempt that it is about. */
  attempt: number;
  at: number;
  words: string;
  side: "right" | "left" | "none";
}

export interface Strip {
  from: number;
  to: number;
  parts: StripPart[];
  ticks: StripTick[];
  /** Ends of attempts that did not finish. */
  ends: StripLabel[];
  /** Ways from a checkpoint, or from the start, to the attempt that went on from there. */
  returns: (StripLabel & { from: number | null })[];
}

/** A strip is at least so wide, and a letter about that. */
const stripPx = 720;
const letterPx = 6.4;

interface StripAttempt {
  number: number;
  startedAt: Date | null;
  endedAt: Date | null;
  cause: EndCause | null;
  lastStep: number | null;
  resumedFrom: string | null;
}

/**
 * Lays out the attempts of a job: when it waited, when it ran, what of that was lost, and where it was saved.
 * @param leftMs time that it is expected to take from `now` on; null where that is unknown
 */
export function attemptStrip({
  state,
  submittedAt,
  endedAt,
  attempts,
  checkpoints,
  losses,
  leftMs,
  now,
}: {
  state: JobState;
  submittedAt: Date;
  endedAt: Date | null;
  attempts: readonly StripAttempt[];
  checkpoints: readonly { id: string; step: number | null; createdAt: Date; tornAt: Date | null }[];
  losses: readonly { attempt: number; seconds: number }[];
  leftMs: number | null;
  now: number;
}): Strip {
  const until = endedAt?.getTime() ?? now;
  const parts: StripPart[] = [];
  let at = submittedAt.getTime();
  for (const { number, startedAt, endedAt: attemptEnd } of attempts) {
    if (!startedAt) continue;
    const from = startedAt.getTime();
    const to = attemptEnd?.getTime() ?? until;
    if (from > at) parts.push({ kind: "queued", from: at, to: from, attempt: null });
    const lost = Math.min(to - from, (losses.find((loss) => loss.attempt === number)?.seconds ?? 0) * 1000);
    const worth = to - lost;
    if (worth > from) parts.push({ kind: attemptEnd ? "ran" : "running", from, to: worth, attempt: number });
    if (lost > 0) parts.push({ kind: "lost", from: worth, to, attempt: number });
    at = Math.max(at, to);
  }
  const runs = attempts.some(({ startedAt, endedAt: attemptEnd }) => startedAt && !attemptEnd) && !endedAt;
  if (!runs && !endedAt && at < until) parts.push({ kind: "queued", from: at, to: until, attempt: null });
  const expected = state === "running" && leftMs !== null && leftMs > 0 ? until + leftMs : until;
  if (expected > until) parts.push({ kind: "expected", from: until, to: expected, attempt: null });
  const from = submittedAt.getTime();
  const range = { from, to: Math.max(expected, from + 1000) };
  return {
    ...range,
    parts,
    ticks: checkpoints.map(({ id, createdAt, tornAt }) => {
      const resumedBy = attempts.find(({ resumedFrom }) => resumedFrom === id)?.number ?? null;
      return {
        id,
        at: createdAt.getTime(),
        kind: tornAt ? "torn" : resumedBy === null ? "saved" : "resumed",
        resumedBy,
      };
    }),
    ends: placeLabels(
      attempts.flatMap(({ number, endedAt: attemptEnd, cause, lastStep }) =>
        attemptEnd && cause !== null && cause !== "finished"
          ? [
              {
                attempt: number,
                at: attemptEnd.getTime(),
                words: `${endLabels[cause]}${lastStep === null ? "" : ` at step ${formatCount(lastStep)}`}`,
              },
            ]
          : [],
      ),
      range,
    ),
    returns: placeLabels(
      attempts.flatMap(({ number, startedAt, resumedFrom }, index) => {
        if (index === 0 || !startedAt) return [];
        const checkpoint = checkpoints.find(({ id }) => id === resumedFrom);
        const step = checkpoint?.step == null ? "" : `from step ${formatCount(checkpoint.step)}`;
        const place = resumedFrom === null ? "from the start" : step || "from a checkpoint";
        const lost = losses.find(({ attempt }) => attempt === attempts[index - 1]?.number)?.seconds ?? 0;
        const words = lost >= 1 ? `${place}: ${formatDuration(lost * 1000)} lost` : place;
        return [{ attempt: number, at: startedAt.getTime(), words, from: checkpoint?.createdAt.getTime() ?? null }];
      }),
      range,
    ),
  };
}

/** Gives each word the side on which it covers no other place: right, else left, else none. */
function placeLabels<Label extends { at: number; words: string }>(
  labels: readonly Label[],
  { from, to }: { from: number; to: number },
): (Label & Pick<StripLabel, "side">)[] {
  const px = (at: number) => ((at - from) / (to - from)) * stripPx;
  let taken = 0;
  return labels.map((label, index) => {
    const next = labels[index + 1];
    const length = (label.words.length + 8) * letterPx;
    const [x, room] = [px(label.at), next ? px(next.at) : stripPx];
    const side = x + length <= room ? "right" : x - length >= taken ? "left" : "none";
    taken = side === "right" ? x + length : x;
    return { ...label, side };
  });
}
