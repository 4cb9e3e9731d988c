import { formatDuration } from "#components/ui/format-time.ts";
import { calmMs } from "#server/respond/incidents/stages/constants.ts";
import type { Chosen } from "../board-types.ts";
import { formatAge } from "../triage-text.ts";

export interface StageStep {
  key: "act" | "watch" | "resolve";
  label: string;
  state: "done" | "current" | "later";
  /** "13 min so far", "6 of 10 min". */
  time: string;
  /** "Rolled back digits to v1 at 02:54, by Ines". */
  words: string;
}

type Staged = Pick<Chosen, "row" | "startedAt">;

/**
 * Returns the three stages of an incident with their times: act, watch recovery, resolve.
 * @param clock formats a time of day, or a date if it is not today
 */
export function stageSteps({ row, startedAt }: Staged, now: number, clock: (at: number) => string): StageStep[] {
  const { stage, owner, state, alerts } = row;
  if (!stage) return [];
  const { stage: current, since, calmAt, action } = stage;
  const calmSince = current === "resolve" ? since - calmMs : calmAt && calmAt - calmMs;
  const actedUntil = current === "act" ? now : (action?.at ?? (current === "watch" ? since : (calmSince ?? since)));
  const acted = action
    ? `${action.title}, ${clock(action.at)} by ${action.by}`
    : "Nothing was done; the burn rate fell";
  const acknowledged = owner
    ? `Acknowledged by ${owner.name}`
    : state === "unacknowledged"
      ? "Not acknowledged"
      : "Acknowledged";
  const closes = alerts > 0 ? `Ends with ${alerts === 1 ? "1 alert" : `${alerts} alerts`} firing` : "Ends the incident";
  return [
    {
      key: "act",
      label: "Act",
      state: current === "act" ? "current" : "done",
      time: current === "act" ? `${formatAge(startedAt, now)} so far` : formatAge(startedAt, actedUntil),
      words: current === "act" ? acknowledged : acted,
    },
    { key: "watch", label: "Watch recovery", ...watchStep() },
    {
      key: "resolve",
      label: "Resolve",
      state: current === "resolve" ? "current" : "later",
      time: current === "resolve" ? `for ${formatAge(since, now)}` : calmAt === null ? "" : `at ${clock(calmAt)}`,
      words: current === "resolve" ? `Calm since ${clock(calmSince ?? since)}` : closes,
    },
  ];

  function watchStep(): Pick<StageStep, "state" | "time" | "words"> {
    const needed = formatDuration(calmMs);
    if (current === "act") return { state: "later", time: needed, words: "Burn rate must stay below 1×" };
    if (current === "resolve") return { state: "done", time: needed, words: "Burn rate stayed below 1×" };
    if (!calmSince || calmAt === null)
      return { state: "current", time: formatAge(since, now), words: "Not below 1× yet" };
    const minutes = Math.floor(Math.min(calmMs, Math.max(0, now - calmSince)) / 60_000);
    return {
      state: "current",
      time: `${minutes} of ${needed}`,
      words: `Below 1× since ${clock(calmSince)}, until ${clock(calmAt)}`,
    };
  }
}
