"use client";

import { formatAbsolute, formatClock } from "#components/ui/format-time.ts";
import { useHydrated, useNow } from "#components/ui/now.tsx";

const dayMs = 86_400_000;

/** Formats the start or end of a shift: "08:00" within a day, then "Mon 08:00", then "7 Dec, 08:00", as earlier days too. */
function formatTurn(at: Date, now: number, timeZone?: string): string {
  const clock = formatClock(at, timeZone ? { timeZone } : {});
  const distance = at.getTime() - now;
  if (Math.abs(distance) < dayMs) return clock;
  const zone = timeZone ? { timeZone } : {};
  const near = distance > 0 && distance < 6 * dayMs;
  const day = new Intl.DateTimeFormat(
    "en-GB",
    near ? { weekday: "short", ...zone } : { day: "numeric", month: "short", ...zone },
  );
  return near ? `${day.format(at)} ${clock}` : `${day.format(at)}, ${clock}`;
}

/** Shows the start or end of a shift in a time zone, such as that of its schedule; in the user's where none is given. */
export function TurnTime({ at, timeZone }: { at: Date | string; timeZone?: string }) {
  const moment = new Date(at);
  const now = useNow(60_000);
  const isHydrated = useHydrated();
  const zone = timeZone ?? (isHydrated ? undefined : "UTC");
  return (
    <time className="lw-number" dateTime={moment.toISOString()} title={formatAbsolute(moment, zone)}>
      {formatTurn(moment, now, zone)}
    </time>
  );
}
