import { dayMs } from "#server/base/durations.ts";
import type { ReplayReport, SloDefinition } from "../../objectives/contract.ts";
import { formatSpan } from "./contract.ts";
import { formatClock, formatDay, zoneOf } from "./moments.ts";

type Found = Pick<ReplayReport, "from" | "to" | "minutes" | "pages" | "tickets" | "unexplained" | "recall">;

/** Formats "In the last 90 days this would have paged 3 times (2 during known incidents, 1 at 03:12 on 4 May …) and opened 5 tickets." */
export function describeReplay(found: Found, { period }: Pick<SloDefinition, "period">): string {
  const { from, to, minutes, pages, tickets, recall } = found;
  if (minutes === 0) return "No data in this period, so there is nothing to replay.";
  const span = to - from;
  const days = Math.round(span / dayMs);
  const when = span >= dayMs ? (days === 1 ? "the last day" : `the last ${days} days`) : `the last ${formatSpan(span)}`;
  const opened = `opened ${tickets.length === 1 ? "1 ticket" : `${tickets.length} tickets`}`;
  const paged = `paged ${times(pages.length)}${explanation(found, zoneOf(period))}`;
  const did =
    pages.length === 0
      ? tickets.length === 0
        ? "notified no one"
        : `${opened} and paged no one`
      : `${paged} and ${tickets.length === 0 ? "opened no tickets" : opened}`;
  const missed = recall === null ? 0 : recall.incidents - recall.notified;
  const silent =
    missed === 0 || recall === null
      ? ""
      : ` ${missed} of ${recall.incidents} known incident${recall.incidents === 1 ? "" : "s"} would not have paged within 10 minutes of the start.`;
  return `Over ${when}, this would have ${did}.${silent}`;
}

function explanation({ pages, unexplained }: Found, timeZone: string): string {
  const known = pages.length - unexplained.length;
  const first = pages[unexplained[0] ?? -1];
  const parts: string[] = [];
  if (known > 0) parts.push(`${known} during ${known === 1 ? "a known incident" : "known incidents"}`);
  if (first) {
    const at = `at ${formatClock(first.from, timeZone)} on ${formatDay(first.from, timeZone)}`;
    const which = unexplained.length === 1 ? `1 ${at}` : `${unexplained.length}, the first ${at},`;
    parts.push(`${which} with no recorded incident`);
  }
  return ` (${parts.join(", ")})`;
}

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}
