import { formatCount, formatPercent, noValue } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import type { State } from "#components/ui/status-shape.tsx";
import type {
  Expectation,
  ExpectationResult,
  GameDay,
  GameDayNotification,
  GameDayReport,
  GameDayState,
  Moment,
  Precondition,
  Replay,
} from "#server/respond/drills/contract.ts";
import { type FaultKind, gameDayHeader } from "#server/serve/faults/contract.ts";
import { gameDayName } from "./addresses.ts";

interface Look {
  state: State;
  label: string;
}

/** Icons and words of the states of a game day. */
export const gameDayStateLooks: Record<GameDayState, Look> = {
  planned: { state: "not-started", label: "Planned" },
  running: { state: "running", label: "Running" },
  ended: { state: "finished", label: "Ended" },
  aborted: { state: "paused", label: "Aborted" },
  skipped: { state: "no-data", label: "Skipped" },
};

/** Returns the icon and words of what a game day said about its hypothesis. */
export function verdictLook(isConfirmed: boolean | null): Look {
  if (isConfirmed === null) return { state: "not-started", label: "Hypothesis open" };
  return isConfirmed
    ? { state: "finished", label: "Hypothesis confirmed" }
    : { state: "missed", label: "Hypothesis refuted" };
}

export const expectationLabels: Record<Expectation["what"], string> = {
  detected: "Detected by an SLI",
  notified: "On-call notified",
  acknowledged: "Acknowledged",
  recovered: "Automatic recovery",
  noHarm: "No effect elsewhere",
};

export const resultLooks: Record<ExpectationResult["result"], Look> = {
  met: { state: "on-target", label: "Met" },
  missed: { state: "missed", label: "Missed" },
  pending: { state: "not-started", label: "Pending" },
  "not-observed": { state: "no-data", label: "Not observed" },
};

export const notificationLooks: Record<GameDayNotification["state"], Look> = {
  delivered: { state: "on-target", label: "Delivered" },
  failed: { state: "missed", label: "Failed" },
  pending: { state: "not-started", label: "Pending" },
  "not-sent": { state: "no-data", label: "Not sent" },
};

export const momentLooks: Record<Moment["what"], Look> = {
  injected: { state: "running", label: "Injected" },
  detected: { state: "on-target", label: "Detected" },
  "rule-fired": { state: "missed", label: "Rule fired" },
  notified: { state: "on-target", label: "Notified" },
  acknowledged: { state: "on-target", label: "Acknowledged" },
  "first-action": { state: "on-target", label: "Mitigated" },
  ended: { state: "finished", label: "Ended" },
  "steady-again": { state: "on-target", label: "Steady again" },
};

/** Formats seconds after the start of a fault: "9 min 53 s"; "–" without a value. */
export function formatSeconds(seconds: number | null): string {
  return seconds === 0 ? "0\u00a0s" : formatDuration(seconds === null ? null : seconds * 1000);
}

/** Formats the time that an expectation allows: "12 min", "5 min later" after the notification, "always" without one. */
export function formatWithin(what: Expectation["what"], withinSeconds: number | null): string {
  if (what === "noHarm") return "always";
  if (withinSeconds === null) return noValue;
  return `${formatSeconds(withinSeconds)}${what === "acknowledged" ? " later" : ""}`;
}

const affectedNouns: Partial<Record<FaultKind, string>> = { latency: "delayed responses", errors: "failed requests" };

/** Returns what a fault makes of requests, as a noun: "delayed responses". */
export function affectedNoun(kind: FaultKind): string {
  return affectedNouns[kind] ?? "affected requests";
}

/** Returns the largest share of an error budget that a replay expects to be used; null where no SLO sees the fault. */
function maxBudgetUse({ objectives }: Replay): number | null {
  return objectives.length === 0 ? null : Math.max(...objectives.map(({ budgetUse }) => budgetUse));
}

/** Says what a plan would do by the traffic of the last week: "Expected: 1,526 delayed responses and 3.2% of the error budget. …" */
export function describeReplay(replay: Replay, kind: FaultKind): string {
  if (replay.problem !== "") return replay.problem;
  const use = maxBudgetUse(replay);
  const affected = `${formatCount(replay.expectedAffected)} ${affectedNoun(kind)}`;
  if (use === null) return `Expected: ${affected}. No SLO of the endpoint measures this fault.`;
  const pages = replay.objectives.flatMap(({ pageAfterSeconds }) => pageAfterSeconds ?? []);
  const rules =
    pages.length === 0
      ? "Your rules would not page."
      : `Your rules would page after ${formatSeconds(Math.min(...pages))}.`;
  return `Expected: ${affected} and ${formatPercent(use)} of the error budget. ${rules}`;
}

/** Returns the first reason why a game day cannot start; undefined if it can. */
export function firstBlock(preconditions: readonly Precondition[]): string | undefined {
  return preconditions.find(({ isMet }) => !isMet)?.blocked;
}

/** Says why a game day ended before its time, or did not start; undefined where it did not. */
export function describeEnd({ state, endReason, endedBy }: Pick<GameDay, "state" | "endReason" | "endedBy">) {
  if (state !== "aborted" && state !== "skipped") return undefined;
  const by = endedBy === null ? "Leeway" : endedBy;
  const reason = endReason === "" ? "" : `: ${endReason.replace(/\.$/, "")}`;
  return `${gameDayStateLooks[state].label} by ${by}${reason}.`;
}

/** Returns the header with which a request asks to be affected: "x-leeway-game-day: GD-7". */
export function headerOf({ number }: Pick<GameDay, "number">): string {
  return `${gameDayHeader}: ${gameDayName(number)}`;
}

/** Formats what a game day changes, for its list of conditions: "10% of requests, by request ID". */
export function describeScope({ number, scope, share }: Pick<GameDay, "number" | "scope" | "share">): string {
  if (scope === "header") return `only requests with ${headerOf({ number })}`;
  return `${formatPercent(share)} of requests, by request ID`;
}

/** Returns the largest share of an error budget that a game day used; null where none was counted. */
export function usedBudget({ budgets }: Pick<GameDayReport, "budgets">): number | null {
  const used = budgets.flatMap(({ before, after }) => (before === null || after === null ? [] : [before - after]));
  return used.length === 0 ? null : Math.max(0, ...used);
}

/** Counts results by their words: "4 met, 1 not observed". */
export function countResults(results: readonly ExpectationResult[]): string {
  const counts = Map.groupBy(results, ({ result }) => result);
  return [...counts].map(([result, all]) => `${all.length} ${resultLooks[result].label.toLowerCase()}`).join(", ");
}
