const day = 86_400_000;
const monthNames = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

interface Span {
  from: number;
  to: number;
}

/**
 * Reads a time range in words, in the time zone of the user: "since 02:38", "today", "yesterday", "yesterday 9 to 12", "9:30 to 11", "13 May",
 * "13 May 9 to 12". A time of today that is still to come is that of yesterday. @param now milliseconds since 1970 @returns milliseconds since
 * 1970, not after `now`; undefined for other texts
 */
export function parseRangeText(text: string, now: number): Span | undefined {
  const words = text
    .trim()
    .toLowerCase()
    .replaceAll("–", " to ")
    .split(/[\s,]+/);
  if (words[0] === "since") return since(words.slice(1), now);
  const { start, rest } = dayOf(words, now);
  if (start === undefined) return undefined;
  if (rest.length === 0)
    return words.length > 0 && words[0] !== "" ? within(start, after(start, 24 * 60), now) : undefined;
  const [first, to, last] = rest;
  if (to !== "to" || rest.length !== 3) return undefined;
  const [from, until] = [clockOf(first), clockOf(last)];
  if (from === undefined || until === undefined || until <= from) return undefined;
  const isToday = rest.length === words.length;
  const base = isToday && after(start, from) >= now ? startOfDay(now - day) : start;
  return within(after(base, from), after(base, until), now);
}

function since(words: readonly string[], now: number): Span | undefined {
  const { start, rest } = dayOf(words, now);
  if (start === undefined || rest.length > 1) return undefined;
  const clock = rest.length === 0 ? 0 : clockOf(rest[0]);
  if (clock === undefined || words.length === 0) return undefined;
  const isToday = rest.length === words.length;
  const base = isToday && after(start, clock) >= now ? startOfDay(now - day) : start;
  return within(after(base, clock), now, now);
}

/** Reads the day that words begin with; without one it is today. */
function dayOf(words: readonly string[], now: number): { start: number | undefined; rest: readonly string[] } {
  const [first = "", second = ""] = words;
  if (first === "today") return { start: startOfDay(now), rest: words.slice(1) };
  if (first === "yesterday") return { start: startOfDay(startOfDay(now) - 1), rest: words.slice(1) };
  const month = monthNames.indexOf(second.slice(0, 3));
  if (month < 0 || !/^\d{1,2}$/.test(first)) return { start: startOfDay(now), rest: words };
  const year = new Date(now).getFullYear();
  const thisYear = new Date(year, month, Number(first));
  if (thisYear.getMonth() !== month) return { start: undefined, rest: [] };
  // A day that is still to come was a year ago.
  const start = thisYear.getTime() > now ? new Date(year - 1, month, Number(first)).getTime() : thisYear.getTime();
  return { start, rest: words.slice(2) };
}

/** Reads "9", "9:30" or "09:30" as minutes since the start of the day. */
function clockOf(text: string | undefined): number | undefined {
  const found = /^(\d{1,2})(?::(\d{2}))?$/.exec(text ?? "");
  if (!found) return undefined;
  const minutes = Number(found[1]) * 60 + Number(found[2] ?? 0);
  return minutes <= 24 * 60 && Number(found[2] ?? 0) < 60 ? minutes : undefined;
}

function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}

/** Returns a time of the day that starts at `start`; by the clock, so that a day of 23 or 25 hours is right. */
function after(start: number, minutes: number): number {
  return new Date(start).setHours(0, minutes, 0, 0);
}

function within(from: number, to: number, now: number): Span | undefined {
  const end = Math.min(to, now);
  return end > from ? { from, to: end } : undefined;
}
