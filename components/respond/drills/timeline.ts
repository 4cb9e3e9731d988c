import { type GameDay, limits, type Moment } from "#server/respond/drills/contract.ts";
import { isOfRequests } from "./plan-draft.ts";

/** A stretch of the fault at one share. */
interface Band {
  /** Seconds after the start. */
  from: number;
  to: number;
  /** Share of the requests, 0 to 1; null for a fault without a share. */
  share: number | null;
}

type Planned = Pick<GameDay, "fault" | "scope" | "share" | "minutes">;

/** Returns the steps in which a fault reaches its share, up to `endSeconds`. Only a share of all requests rises in steps. */
export function bandsOf({ fault, scope, share, minutes }: Planned, endSeconds: number): Band[] {
  const end = Math.min(endSeconds, minutes * 60);
  if (end <= 0) return [];
  if (!isOfRequests(fault.kind) || scope === "header") return [{ from: 0, to: end, share: null }];
  const parts = [...limits.steps, 1];
  return parts.flatMap((part, index) => {
    const from = index * limits.stepSeconds;
    const to = index === parts.length - 1 ? end : Math.min(end, from + limits.stepSeconds);
    return from < end ? [{ from, to, share: share * part }] : [];
  });
}

interface PlacedMoment extends Moment {
  seconds: number;
  /** Place on the axis, 0 to 1. */
  at: number;
  /** Line of its label below the axis, from 0: labels of one line do not touch. */
  line: number;
}

export interface TimelineLayout {
  /** Seconds at the right edge. */
  end: number;
  moments: PlacedMoment[];
  /** What has not happened. */
  pending: Moment[];
  /** Seconds of the ticks. */
  ticks: number[];
}

/** Share of the width that a label needs. */
const labelWidth = 0.13;
const maxLines = 4;
const tickSteps = [30, 60, 120, 300, 600, 1200, 1800];
const maxTicks = 6;

/**
 * Places the moments of a game day on an axis that reaches from the start to its planned end, `now`, or the last moment.
 * @param nowSeconds seconds since the start while it runs; null afterwards
 */
export function layoutTimeline(
  timeline: readonly Moment[],
  minutes: number,
  nowSeconds: number | null,
): TimelineLayout {
  const known = timeline.flatMap((moment) => (moment.seconds === null ? [] : [{ ...moment, seconds: moment.seconds }]));
  const last = Math.max(minutes * 60, nowSeconds ?? 0, ...known.map(({ seconds }) => seconds));
  const end = last * 1.06;
  const free: number[] = [];
  const moments = known
    .toSorted((one, other) => one.seconds - other.seconds)
    .map((moment) => {
      const at = Math.max(0, moment.seconds) / end;
      const fits = free.findIndex((until) => until <= at);
      const line = fits >= 0 ? fits : Math.min(free.length, maxLines - 1);
      free[line] = at + labelWidth;
      return { ...moment, at, line };
    });
  const step = tickSteps.find((seconds) => end / seconds <= maxTicks) ?? 3600;
  const ticks = Array.from({ length: Math.floor(end / step) + 1 }, (_, index) => index * step);
  return { end, moments, pending: timeline.filter(({ seconds }) => seconds === null), ticks };
}
