import { dayMs, hourMs } from "#server/base/durations.ts";

/** What the audit has seen of an endpoint that has no complete day of requests yet. */
export interface AuditStart {
  /** Time of the first request, in milliseconds since 1970. */
  since: number;
  /** Requests up to here. */
  requests: number;
  /** Requests that were drawn up to here, in expectation. */
  drawn: number;
}

/** Sampled requests that were read together. */
export interface LogPage {
  /** Times of the first and the last request, in milliseconds since 1970. */
  from: number;
  until: number;
  requests: number;
}

/**
 * Share of the requests of a day that the audit takes, the same all day. On average over the days before, that is `perDay` a day.
 * @param covered milliseconds of the time before it that have requests @param requests of that time
 */
export function auditShare(perDay: number, { covered, requests }: { covered: number; requests: number }): number {
  return shareOf(perDay * (covered / dayMs), requests);
}

/**
 * Share of a page of requests while there is no complete day to compute a share from. In expectation the audit has `perDay` · time / day after any time
 * from one hour on, at a steady rate of requests: that of requests − 1 intervals is without bias. What is due in the first hour is drawn at once, so
 * that a first try has something to label. docs/spec/labelling.md section 12.2.
 */
export function firstDayShare(
  perDay: number,
  page: LogPage,
  before: AuditStart | undefined,
): { share: number; start: AuditStart } {
  const since = before?.since ?? page.from;
  const requests = (before?.requests ?? 0) + page.requests;
  const drawn = before?.drawn ?? 0;
  const elapsed = page.until - since;
  const share =
    elapsed < hourMs
      ? shareOf(perDay * (hourMs / dayMs) - drawn, page.requests)
      : shareOf(perDay * (elapsed / dayMs), requests - 1);
  return { share, start: { since, requests, drawn: drawn + share * page.requests } };
}

const shareOf = (due: number, requests: number) => Math.min(1, Math.max(0, due) / Math.max(1, requests));
