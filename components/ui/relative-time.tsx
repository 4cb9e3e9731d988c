"use client";

import { formatAbsolute, formatClock, formatRelative } from "./format-time.ts";
import { useHydrated, useNow } from "./now.tsx";

/** Shows "26 min ago" as a `time` element with the absolute value on hover; updates automatically. */
export function RelativeTime({ at }: { at: Date | number | string }) {
  const moment = new Date(at);
  const now = useNow();
  const zone = useHydrated() ? undefined : "UTC";
  return (
    <time dateTime={moment.toISOString()} title={formatAbsolute(moment, zone)}>
      {formatRelative(moment, now, zone)}
    </time>
  );
}

/** Shows "12 Nov, 14:20" in the user's time zone, for ends and ranges, where relative times do not help; year and zone on hover. */
export function Moment({ at }: { at: Date | number | string }) {
  const moment = new Date(at);
  const timeZone = useHydrated() ? undefined : "UTC";
  const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", ...(timeZone && { timeZone }) });
  return (
    <time className="lw-number" dateTime={moment.toISOString()} title={formatAbsolute(moment, timeZone)}>
      {day.format(moment)}, {formatClock(moment, timeZone ? { timeZone } : {})}
    </time>
  );
}

/** Renders "14:20" (or with seconds) in the user's time zone, with the absolute value on hover. */
export function ClockTime({ at, seconds }: { at: Date | number | string; seconds?: boolean }) {
  const moment = new Date(at);
  const zone = useHydrated() ? undefined : "UTC";
  return (
    <time className="lw-number" dateTime={moment.toISOString()} title={formatAbsolute(moment, zone)}>
      {formatClock(moment, { seconds: seconds ?? false, ...(zone ? { timeZone: zone } : {}) })}
    </time>
  );
}
