import type { Wire } from "#components/ui/wire.ts";
import type { LogPage } from "#server/improve/training/log/contract.ts";

export type HeldLine = Wire<LogPage>["lines"][number];

/** Lines of one attempt that are held, without a gap between them. */
interface LogPart {
  attempt: number;
  lines: HeldLine[];
  /** Byte that follows what is held. */
  next: number;
  droppedBytes: number;
  totalLines: number;
  isComplete: boolean;
}

/** What of the logs of a job is held: parts of attempts that follow each other. */
export type LogWindow = LogPart[];

/** Lines held at most while a log is followed; earlier ones are read again when someone scrolls to them. */
export const maxLines = 5_000;

const partOf = ({ attempt, lines, next, droppedBytes, totalLines, isComplete }: Wire<LogPage>): LogPart => ({
  attempt,
  lines,
  next,
  droppedBytes,
  totalLines,
  isComplete,
});

/** Address of a line within the page. */
export const lineId = (attempt: number, line: number) => `log-${attempt}-${line}`;

/** Reads the address of a line; undefined for another one. */
export function readLineId(id: string): { attempt: number; number: number } | undefined {
  const [, attempt, number] = /^log-(\d{1,9})-(\d{1,15})$/.exec(id) ?? [];
  return attempt && number ? { attempt: Number(attempt), number: Number(number) } : undefined;
}

/** Starts a window with one page. */
export function openWindow(page: Wire<LogPage>): LogWindow {
  return [partOf(page)];
}

/** Adds what follows: more of the last attempt, or lines of a later one. The end of a line that was still being written comes again. */
export function appendPage(window: LogWindow, page: Wire<LogPage>): LogWindow {
  const last = window.at(-1);
  if (!last || page.attempt > last.attempt) return trim([...window, partOf(page)]);
  if (page.attempt < last.attempt) return window;
  const from = page.lines[0]?.start ?? page.next;
  return trim([
    ...window.slice(0, -1),
    { ...partOf(page), lines: [...last.lines.filter(({ start }) => start < from), ...page.lines] },
  ]);
}

/** Adds what comes before: more of the first attempt, or the last lines of the one before it. */
export function prependPage(window: LogWindow, page: Wire<LogPage>): LogWindow {
  const first = window[0];
  if (!first || page.attempt < first.attempt) return [partOf(page), ...window];
  if (page.attempt > first.attempt) return window;
  const from = first.lines[0]?.start ?? first.next;
  return [{ ...first, lines: [...page.lines.filter(({ start }) => start < from), ...first.lines] }, ...window.slice(1)];
}

function trim(window: LogWindow): LogWindow {
  let excess = window.reduce((sum, { lines }) => sum + lines.length, 0) - maxLines;
  return window.flatMap((part, at) => {
    if (excess <= 0) return [part];
    const dropped = Math.min(excess, part.lines.length);
    excess -= dropped;
    const isGone = dropped === part.lines.length && at < window.length - 1;
    return isGone ? [] : [{ ...part, lines: part.lines.slice(dropped) }];
  });
}

/** A text in parts: those that match a search, upper and lower case alike, and those between them. */
export function splitMatches(text: string, search: string): { text: string; isMatch: boolean }[] {
  const [lower, wanted] = [text.toLowerCase(), search.toLowerCase()];
  // Some letters change their length in lower case; then the positions are of no use.
  if (wanted === "" || lower.length !== text.length) return [{ text, isMatch: false }];
  const parts: { text: string; isMatch: boolean }[] = [];
  let from = 0;
  for (let at = lower.indexOf(wanted); at !== -1; at = lower.indexOf(wanted, from)) {
    if (at > from) parts.push({ text: text.slice(from, at), isMatch: false });
    from = at + wanted.length;
    parts.push({ text: text.slice(at, from), isMatch: true });
  }
  if (from < text.length || parts.length === 0) parts.push({ text: text.slice(from), isMatch: false });
  return parts;
}
