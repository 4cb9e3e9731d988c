import { minuteMs } from "#server/base/durations.ts";

/** Why nobody is to be paged about a group. */
type Quiet = "resolved" | "silenced" | "acknowledged";

/**
 * Ends of an escalation that executed all its steps: it stands for its page until that ends. They are stored, and an earlier version that
 * runs beside this one during an upgrade reads the same words.
 */
const completedEnds = ["at its end", "no one to page"];

/** Newest escalation of a group. Times are milliseconds since 1970. */
export interface LastEscalation {
  /** Null while it is in progress. */
  endedAt: number | null;
  ended: string | null;
  /** Of one that reached its end: when its page ended, and why. */
  lapsedAt: number | null;
  lapsed: string | null;
}

/** What determines whether people are paged about a group. */
export interface PagingFacts {
  hasEnded: boolean;
  /** Firing pages that were notified, muted ones included. */
  pages: number;
  /** Those of them that nothing mutes. */
  unmuted: number;
  isAcknowledged: boolean;
  /** Time of the last notification with a new page; null if unknown. */
  pagedAt: number | null;
  last: LastEscalation | null;
}

/** What is to be done so that the escalation of a group follows its state; null if it does. */
export type EscalationChange =
  | { do: "open" }
  /** Continue the interrupted one where it stopped. */
  | { do: "resume" }
  | { do: "end"; why: Quiet }
  /** The page of an escalation that had reached its end is over. */
  | { do: "lapse"; why: Quiet }
  | null;

/**
 * Time within which a page that fires again, or is no longer muted, continues its escalation. Otherwise an alert that flaps would page
 * the first person each time and never reach the next.
 */
const resumeWithinMs = 30 * minuteMs;

/**
 * Decides what the escalation of a group needs. While an unmuted page of an open group fires and nobody has acknowledged it, an
 * escalation is in progress, or has reached its end since the last new page; otherwise none is.
 */
export function decideEscalation(facts: PagingFacts, now: number): EscalationChange {
  const { last, pagedAt } = facts;
  const quiet = quietBecause(facts);
  const isCompleted = last !== null && isCompletedEnd(last) && last.lapsedAt === null;
  if (quiet) {
    if (last?.endedAt === null) return { do: "end", why: quiet };
    // A group that has ended never fires again.
    return isCompleted && !facts.hasEnded ? { do: "lapse", why: quiet } : null;
  }
  if (!last || last.endedAt === null) return last ? null : { do: "open" };
  const isSamePage = pagedAt === null || pagedAt <= last.endedAt;
  if (isCompleted) return isSamePage ? null : { do: "open" };
  const stoppedAt = last.lapsedAt ?? last.endedAt;
  const why = last.lapsed ?? last.ended;
  const mayResume = why === "resolved" || why === "silenced";
  return mayResume && isSamePage && now - stoppedAt <= resumeWithinMs ? { do: "resume" } : { do: "open" };
}

function quietBecause({ hasEnded, pages, unmuted, isAcknowledged }: PagingFacts): Quiet | null {
  if (hasEnded || pages === 0) return "resolved";
  if (unmuted === 0) return "silenced";
  return isAcknowledged ? "acknowledged" : null;
}

function isCompletedEnd({ ended }: LastEscalation): boolean {
  return ended !== null && completedEnds.includes(ended);
}
