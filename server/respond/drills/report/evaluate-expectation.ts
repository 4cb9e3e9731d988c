import { type Expectation, type ExpectationResult, limits } from "../contract.ts";
import type { GameDayFacts } from "./facts.ts";
import { formatSeconds } from "./format-seconds.ts";
import { endsRecovery, type GameDayMoments, isOver } from "./moments.ts";
import { lostTarget } from "./observe.ts";

/** Complete minutes of an SLI are known so long after their end. */
const lagSeconds = 60;

type Result = Pick<ExpectationResult, "seconds" | "result" | "evidence">;

/**
 * Evaluates an expectation: met, missed (its time has passed, or half an hour since the end), pending, or not observed (nothing could show
 * it, or the game day was aborted before).
 */
export function evaluateExpectation(
  expectation: Expectation,
  facts: GameDayFacts,
  moments: GameDayMoments,
): ExpectationResult {
  if (expectation.what === "noHarm") return { what: "noHarm", withinSeconds: null, ...evaluateHarm(facts) };
  const { what, withinSeconds } = expectation;
  const evaluate = { detected, notified, acknowledged, recovered }[what];
  return { what, withinSeconds, ...evaluate(withinSeconds, facts, moments) };
}

function detected(within: number, facts: GameDayFacts, moments: GameDayMoments): Result {
  const { steady, detection, detectedAt, fired } = moments;
  if (facts.objectives.length === 0) return notObserved("The endpoint has no SLO with an SLI.");
  if (steady.length === 0) return notObserved("Every SLI was worse than its target before the start.");
  const seconds = secondsOf(facts, detectedAt);
  const evidence = detection
    ? `${detection.objective.name} worse than its target`
    : (fired?.title ?? "No SLI was worse than its target.");
  return { seconds, evidence, result: resultOf(seconds, within, facts, within + lagSeconds) };
}

function notified(within: number, facts: GameDayFacts, { fired, notification }: GameDayMoments): Result {
  const seconds = secondsOf(facts, notification?.at ?? null);
  const result = resultOf(seconds, within, facts);
  if (notification) return { seconds, result, evidence: `page to ${notification.receiver}, ${notification.channel}` };
  if (!fired) return { seconds, result, evidence: "No rule fired." };
  const failed = facts.sent.find(({ severity, state }) => severity === "page" && state === "failed");
  const unsent = failed ?? facts.notSent[0];
  if (unsent) return { seconds, result, evidence: [unsent.receiver, unsent.reason].filter(Boolean).join(": ") };
  const isTicket = facts.fired.every(({ severity }) => severity !== "page");
  return { seconds, result, evidence: isTicket ? "Only tickets were opened." : `Not delivered yet: ${fired.title}` };
}

/** Counts from the notification; without one, from the first rule that fired. */
function acknowledged(within: number, facts: GameDayFacts, moments: GameDayMoments): Result {
  const { fired, notification, acknowledgement } = moments;
  const from = notification?.at ?? fired?.at ?? null;
  if (from === null) {
    const result = resultOf(null, Number.POSITIVE_INFINITY, facts);
    return { seconds: null, result, evidence: "There was nothing to acknowledge." };
  }
  const seconds = acknowledgement && Math.max(0, (acknowledgement.at - from) / 1000);
  const result = resultOf(seconds, within, facts, (from - facts.startedAt) / 1000 + within);
  return { seconds, result, evidence: acknowledgement ? (acknowledgement.by ?? "by someone") : "No one acknowledged." };
}

function recovered(within: number, facts: GameDayFacts, { detection, recoveredAt, action }: GameDayMoments): Result {
  const known = within + lagSeconds + (facts.job ? 0 : limits.steadySeconds);
  const seconds = secondsOf(facts, recoveredAt);
  if (!facts.job && facts.objectives.length === 0) return notObserved("The endpoint has no SLO with an SLI.");
  if (!facts.job && !detection) {
    const isPending = resultOf(null, within, facts, known) === "pending" && !endsRecovery(facts);
    const nothing = notObserved("No SLI was worse than its target: there was nothing to recover from.");
    return isPending ? { ...nothing, result: "pending" } : nothing;
  }
  const isByPerson = action?.by != null && recoveredAt !== null && action.at < recoveredAt;
  if (isByPerson) return { seconds, result: "missed", evidence: `after an action of ${action.by}: ${action.title}` };
  if (seconds !== null)
    return { seconds, result: resultOf(seconds, within, facts), evidence: "recovered automatically" };
  const evidence = "Nothing recovered automatically.";
  if (!facts.job && endsRecovery(facts) && elapsedOf(facts) > (endedSecondsOf(facts) ?? 0) + lagSeconds)
    return { seconds, evidence, result: isCutShort(facts, within) ? "not-observed" : "missed" };
  return { seconds, evidence, result: resultOf(null, within, facts, known) };
}

function evaluateHarm(facts: GameDayFacts): Result {
  const { others, otherAlerts, startedAt, endedAt, now } = facts;
  const lost = lostTarget(others, { from: startedAt, to: endedAt ?? now });
  const harms = [
    ...lost.map(({ name, endpoint }) => `${endpoint}: ${name} worse than its target`),
    ...otherAlerts.map(({ endpoint, severity, title }) => `${endpoint}: ${severity} "${title}"`),
  ];
  if (harms.length > 0) return { seconds: null, result: "missed", evidence: harms.slice(0, 5).join("; ") };
  if (endedAt === null || elapsedOf(facts) <= (endedSecondsOf(facts) ?? 0) + lagSeconds)
    return { seconds: null, result: "pending", evidence: "No other endpoint is affected so far." };
  if (others.length === 0) return notObserved("No SLI of another endpoint was within its target at the start.");
  const count = others.length === 1 ? "The SLI" : `All ${others.length} SLIs`;
  return {
    seconds: null,
    result: "met",
    evidence: `${count} of other endpoints stayed within target, and no rule of theirs fired.`,
  };
}

/**
 * Returns what an observation means for a limit.
 * @param seconds when it happened, by the clock of the limit; null while it has not
 * @param known seconds after the start at which a missing observation is known to be missing
 */
function resultOf(
  seconds: number | null,
  within: number,
  facts: GameDayFacts,
  known = within,
): ExpectationResult["result"] {
  if (seconds !== null) return seconds <= within ? "met" : "missed";
  if (elapsedOf(facts) <= known && !isOver(facts)) return "pending";
  return isCutShort(facts, known) ? "not-observed" : "missed";
}

/** Whether the game day was aborted before the time of an expectation: without the fault, nothing was left to see. */
function isCutShort(facts: GameDayFacts, seconds: number): boolean {
  return facts.isAborted && (endedSecondsOf(facts) ?? 0) < seconds;
}

function notObserved(evidence: string): Result {
  return { seconds: null, result: "not-observed", evidence };
}

const elapsedOf = ({ startedAt, now }: GameDayFacts) => (now - startedAt) / 1000;

function endedSecondsOf(facts: GameDayFacts): number | null {
  return secondsOf(facts, facts.endedAt);
}

/** Returns a moment in seconds after the start, never negative: clocks of roles differ a little. */
export function secondsOf({ startedAt }: Pick<GameDayFacts, "startedAt">, at: number | null): number | null {
  return at === null ? null : Math.max(0, Math.round((at - startedAt) / 1000));
}

/** "10 min 9 s", of a moment. */
export function formatSince(facts: Pick<GameDayFacts, "startedAt">, at: number): string {
  return formatSeconds(secondsOf(facts, at) ?? 0);
}
