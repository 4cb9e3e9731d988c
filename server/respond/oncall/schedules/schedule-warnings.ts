import { formatDuration } from "#server/base/format-number.ts";

interface Facts {
  timeZone: string;
  gaps: readonly { from: Date; to: Date }[];
  /** Names of people who have shifts but may no longer sign in. */
  disabled: readonly string[];
}

const maxShown = 3;

/** Describes the problems in a time range of a schedule, in sentences, earliest first. Times are local to the schedule. */
export function scheduleWarnings({ timeZone, gaps, disabled }: Facts): string[] {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    weekday: "short",
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
  });
  const shown = gaps.slice(0, maxShown).map(({ from, to }) => {
    const length = formatDuration(to.getTime() - from.getTime());
    return `No one is on call from ${format.format(from)} to ${format.format(to)} (${length}).`;
  });
  const rest = gaps.length - shown.length;
  return [
    ...shown,
    ...(rest > 0 ? [`${rest} more coverage ${rest === 1 ? "gap" : "gaps"} after that.`] : []),
    ...disabled.map((name) => `${name}'s account is disabled and will not be paged; reassign the shifts.`),
  ];
}
