import { formatCount } from "#server/base/format-number.ts";
import type { ExpectationResult } from "../contract.ts";
import { formatSince } from "./evaluate-expectation.ts";
import type { GameDayFacts } from "./facts.ts";
import { formatSeconds } from "./format-seconds.ts";
import { endsRecovery, type GameDayMoments, isOver } from "./moments.ts";

/** Says in plain English what a game day has shown: who was notified and when, what recovered, what else was affected. */
export function summariseReport(
  facts: GameDayFacts,
  moments: GameDayMoments,
  expectations: readonly ExpectationResult[],
): string {
  const sentences = [
    summariseNotification(facts, moments, expectations),
    facts.job ? summariseJob(facts.job) : summariseRecovery(facts, moments),
    expectations.some(({ what, result }) => what === "noHarm" && result === "missed")
      ? "Other endpoints were affected."
      : "",
    facts.isAborted && facts.endedAt !== null ? `Aborted after ${formatSince(facts, facts.endedAt)}.` : "",
  ];
  return sentences.filter(Boolean).join(" ");
}

function summariseNotification(
  facts: GameDayFacts,
  { notification, acknowledgement }: GameDayMoments,
  expectations: readonly ExpectationResult[],
): string {
  if (!notification) {
    const expected = expectations.find(({ what }) => what === "notified")?.result;
    if (expected === "missed") return "No one was notified: expectation missed.";
    const isOpen = expected === "pending" || (expected === undefined && !isOver(facts));
    return isOpen ? "On-call has not been notified so far." : "No one was notified.";
  }
  const notified = `On-call was notified after ${formatSince(facts, notification.at)}`;
  if (acknowledgement) {
    const later = formatSeconds((acknowledgement.at - notification.at) / 1000);
    return `${notified} and acknowledged ${later} later.`;
  }
  return isOver(facts) ? `${notified} and did not acknowledge.` : `${notified} and has not acknowledged.`;
}

function summariseRecovery(facts: GameDayFacts, { detection, recoveredAt, action }: GameDayMoments): string {
  if (!detection) return "";
  if (recoveredAt === null) return endsRecovery(facts) || isOver(facts) ? "Nothing recovered automatically." : "";
  const after = formatSince(facts, recoveredAt);
  return action?.by != null && action.at < recoveredAt
    ? `The endpoint recovered after ${after}, after an action of ${action.by}.`
    : `The endpoint recovered automatically after ${after}.`;
}

function summariseJob({ lostSteps, resumedSeconds }: NonNullable<GameDayFacts["job"]>): string {
  if (resumedSeconds === null) return "The job has not resumed.";
  const resumed = `The job resumed after ${formatSeconds(resumedSeconds)}`;
  if (lostSteps === null) return `${resumed}.`;
  return `${resumed} and lost ${lostSteps === 1 ? "1 step" : `${formatCount(lostSteps)} steps`}.`;
}
