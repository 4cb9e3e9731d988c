import { minuteMs } from "#server/base/durations.ts";
import { formatCount, formatDuration, percent } from "#server/base/format-number.ts";
import { isImprobable } from "#server/stats/burn-rate/gate.ts";
import type { FoundViewFinding } from "./contract.ts";

/** What is known of a view. Times are milliseconds since 1970. */
export interface ViewFacts {
  name: string;
  createdAt: number;
  /** Null for no limit. */
  ttlMs: number | null;
  newestEventAt: number | null;
  /** Names of endpoints that look it up, and of model versions that need it. */
  endpoints: readonly string[];
  modelVersions: readonly string[];
  /** Whether an SLO says how much the view may lag: then its alert speaks, and not this. */
  hasLagSlo: boolean;
  /** The newest materialisation that failed, of the source that the view has, whose range was not read afterwards; null without any. */
  failed: {
    problem: string | null;
    endedAt: number;
    /** Its range; null for all rows up to its end. */
    fromEventAt: number | null;
    toEventAt: number;
    /** Number of earlier ones. */
    others: number;
    /** Whether none has ended otherwise since. */
    isLast: boolean;
  } | null;
  /** Minutes from one materialisation to the next; null without a schedule. */
  everyMinutes: number | null;
  /** When the schedule became known. */
  scheduledAt: number;
  /** When the last one began that was completed; null without any. */
  completedFrom: number | null;
  /** Rows found by look-ups in the last hour, and those of them with an event in the future. */
  lookedUp: number;
  clockAhead: number;
}

/** Share of look-ups of future events from which clocks are wrong. */
const maxAheadShare = 0.001;
const maxChance = 1e-3;
/** A materialisation takes some time to start and to run. */
const graceMs = 10 * minuteMs;

/** Finds what is wrong with a view at a time: a late source, a failed or missed materialisation, clocks that are ahead. */
export function findViewProblems(view: ViewFacts, now: number): FoundViewFinding[] {
  return [sourceLate(view, now), notRead(view), missed(view, now), clockAhead(view)].filter((one) => one !== undefined);
}

/** A view that something needs has no new event for longer than its TTL: everything that is looked up is too old. */
function sourceLate(view: ViewFacts, now: number): FoundViewFinding | undefined {
  const { ttlMs, newestEventAt, createdAt, endpoints, modelVersions, hasLagSlo } = view;
  const users = [...endpoints, ...modelVersions];
  if (ttlMs === null || ttlMs <= 0 || users.length === 0 || hasLagSlo) return undefined;
  const forMs = now - (newestEventAt ?? createdAt);
  if (forMs <= ttlMs) return undefined;
  const what = newestEventAt === null ? "No rows have arrived yet" : `The newest event is ${formatDuration(forMs)} old`;
  return {
    key: "source-late",
    kind: "source-late",
    feature: "",
    severity: endpoints.length > 0 ? "page" : "ticket",
    words: `${what}, and values expire after ${formatDuration(ttlMs)}. ${listOf(users)} ${users.length === 1 ? "needs" : "need"} this view.`,
    effect: "no event within its time limit",
    advice:
      "Check the process that writes the view: whether it runs, and whether its writes are rejected. Until rows arrive, look-ups return null, or what the pipeline's policy says.",
    section: "late-sources",
    alertname: "FeatureSourceLate",
    evidence: { forMs, ttlMs, users: users.length },
  };
}

/** Lasts until the range was read: a later run by the schedule begins where the last completed one ended, and leaves the gap. */
function notRead({ failed }: ViewFacts): FoundViewFinding | undefined {
  if (failed === null) return undefined;
  const { problem, endedAt, fromEventAt, toEventAt, others } = failed;
  const more =
    others === 0
      ? ""
      : ` ${formatCount(others)} earlier ${others === 1 ? "range was" : "ranges were"} not read either.`;
  return {
    key: "materialisation-failed",
    kind: "materialisation-failed",
    feature: "",
    severity: "ticket",
    words: `The materialisation ${rangeOf(failed)} failed: ${sentence(problem ?? "no reason is known")} Its rows were not read since.${more}`,
    effect: "materialisation failed",
    advice:
      "Fix the cause, then start a materialisation with the same range. Look-ups continue meanwhile. If no one needs these rows, start one with this range and cancel it.",
    section: "failed-materialisations",
    alertname: "FeatureMaterialisationFailed",
    evidence: { endedAt, fromEventAt, toEventAt, others },
  };
}

/** A schedule was missed once: nothing was completed for twice its interval. A failure has a finding of its own. */
function missed(
  { failed, everyMinutes, completedFrom, scheduledAt }: ViewFacts,
  now: number,
): FoundViewFinding | undefined {
  if (everyMinutes === null || failed?.isLast) return undefined;
  const everyMs = everyMinutes * minuteMs;
  const forMs = now - Math.max(completedFrom ?? 0, scheduledAt);
  if (forMs <= 2 * everyMs + graceMs) return undefined;
  const what =
    completedFrom === null
      ? "No materialisation has been completed yet"
      : `The last completed materialisation began more than ${formatDuration(forMs - (forMs % minuteMs))} ago`;
  return {
    key: "materialisation-late",
    kind: "materialisation-late",
    feature: "",
    severity: "ticket",
    words: `${what}; one is due every ${formatDuration(everyMs)}.`,
    effect: "materialisation is overdue",
    advice:
      "Check whether a worker runs and whether a materialisation of the view is waiting or slow. Start one manually if none is.",
    section: "failed-materialisations",
    alertname: "FeatureMaterialisationLate",
    evidence: { forMs, everyMs },
  };
}

function clockAhead({ lookedUp, clockAhead: ahead }: ViewFacts): FoundViewFinding | undefined {
  if (!isImprobable({ bad: ahead, total: lookedUp }, maxAheadShare, maxChance)) return undefined;
  return {
    key: "clock-ahead",
    kind: "clock-ahead",
    feature: "",
    severity: "ticket",
    words: `${formatCount(ahead)} of ${formatCount(lookedUp)} look-ups in the last hour found an event in the future (${percent(ahead / lookedUp)}; at most ${percent(maxAheadShare)} is usual).`,
    effect: "event times are in the future",
    advice:
      "Check the clock and the time zone of the process that writes the view. A row from the future takes precedence until its time has come.",
    section: "event-times-in-the-future",
    alertname: "FeatureClockAhead",
    evidence: { ahead, lookedUp },
  };
}

const maxListed = 3;

function listOf(names: readonly string[]): string {
  const shown = names.slice(0, maxListed).join(", ");
  return names.length > maxListed ? `${shown} and ${formatCount(names.length - maxListed)} more` : shown;
}

function rangeOf({ fromEventAt, toEventAt }: { fromEventAt: number | null; toEventAt: number }): string {
  const [from, to] = [fromEventAt, toEventAt].map((at) => (at === null ? "the first row" : new Date(at).toISOString()));
  return `from ${from} to ${to}`;
}

function sentence(text: string): string {
  const trimmed = text.trim().slice(0, 500);
  return /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
