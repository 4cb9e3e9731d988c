import { minuteMs } from "#server/base/durations.ts";

interface OpenMinutes {
  /** Start of the last minute that was closed. */
  closed: number;
  /** Start of the minute that is not over. */
  open: number;
  /** Greatest event time known when `closed` ended, in microseconds since 1970; null before the first row. */
  newest: number | null;
  /** Greatest event time of what arrived since, by minute of arrival. */
  arrived: ReadonlyMap<number, number>;
}

interface ClosedMinutes {
  /** Greatest event time when each minute ended. */
  minutes: { minute: number; newest: number }[];
  /** With what has arrived in the open minute. */
  newest: number | null;
}

/** Arrivals are packed after 15 minutes, so what an absent worker missed before is not known. */
const maxBackMs = 14 * minuteMs;

/**
 * Closes the minutes that are over: states the greatest event time that a view had when each ended. Minutes before the first row have none. A
 * worker that was away for up to 14 minutes closes the missed ones too; earlier ones stay unknown.
 */
export function closeMinutes({ closed, open, newest, arrived }: OpenMinutes): ClosedMinutes {
  const from = Math.max(closed + minuteMs, open - maxBackMs);
  let known = newest;
  const fold = (isWanted: (minute: number) => boolean) => {
    for (const [minute, event] of arrived) if (isWanted(minute)) known = Math.max(known ?? event, event);
  };
  fold((minute) => minute < from);
  const minutes: ClosedMinutes["minutes"] = [];
  for (let minute = from; minute < open; minute += minuteMs) {
    fold((other) => other === minute);
    if (known !== null) minutes.push({ minute, newest: known });
  }
  fold((minute) => minute >= open);
  return { minutes, newest: known };
}
