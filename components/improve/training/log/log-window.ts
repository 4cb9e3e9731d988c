import { formatCountOf } from "#components/ui/format.ts";
import type { Wire } from "#components/ui/wire.ts";
import type { LogPage } from "#server/improve/training/log/contract.ts";

export type HeldLine = Wire<LogPage>["lines"][number];

/** Lines of one attempt that are held, without a gap between them. */
interface LogPart {
  attempt: number;
  lines: HeldLine[];
  /** Byte that follows what is held. */
  next: number;
  /** Bytes of the log when it was read. */
  bytes: number;
  droppedBytes: number;
  totalLines: number;
  isComplete: boolean;
}

/** What of the logs of a job is held: parts of attempts that follow each other. */
export type LogWindow = LogPart[];

/** Lines held at most; others are read again when someone scrolls to them. */
export const maxLines = 5_000;

/** Characters held at most: a line may have 64 KiB. */
const maxCharacters = 2 ** 23;

const partOf = ({ attempt, lines, next, bytes, droppedBytes, totalLines, isComplete }: Wire<LogPage>): LogPart => ({
  attempt,
  lines,
  next,
  bytes,
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
  if (!first || page.attempt < first.attempt) return trimEnd([partOf(page), ...window]);
  if (page.attempt > first.attempt) return window;
  const from = first.lines[0]?.start ?? first.next;
  const lines = [...page.lines.filter(({ start }) => start < from), ...first.lines];
  return trimEnd([{ ...first, lines }, ...window.slice(1)]);
}

/** Drops the first lines of what is too much. */
function trim(window: LogWindow): LogWindow {
  let excess = excessOf(window.flatMap(({ lines }) => lines).toReversed());
  return window.flatMap((part, at) => {
    if (excess <= 0) return [part];
    const dropped = Math.min(excess, part.lines.length);
    excess -= dropped;
    const isGone = dropped === part.lines.length && at < window.length - 1;
    return isGone ? [] : [{ ...part, lines: part.lines.slice(dropped) }];
  });
}

/** Drops the last lines of what is too much; they are read again from where what stays ends. */
function trimEnd(window: LogWindow): LogWindow {
  let excess = excessOf(window.flatMap(({ lines }) => lines));
  return window
    .toReversed()
    .flatMap((part, at) => {
      if (excess <= 0) return [part];
      const kept = part.lines.length - Math.min(excess, part.lines.length);
      excess -= part.lines.length - kept;
      const isGone = kept === 0 && at < window.length - 1;
      return isGone ? [] : [{ ...part, lines: part.lines.slice(0, kept), next: part.lines[kept]?.start ?? part.next }];
    })
    .toReversed();
}

/** Counts the lines at the end of a list that are too many to be held. */
function excessOf(lines: readonly HeldLine[]): number {
  let characters = 0;
  const isFull = ({ text }: HeldLine, at: number) => {
    characters += text.length;
    return at >= maxLines || (at > 0 && characters > maxCharacters);
  };
  const kept = lines.findIndex(isFull);
  return kept === -1 ? 0 : lines.length - kept;
}

/** Whether an attempt has more lines after these. One that is still being written, which comes again, is none. */
function goesOn({ lines, next, bytes }: Pick<LogPart, "lines" | "next" | "bytes">): boolean {
  return next < bytes && lines.at(-1)?.start !== next;
}

type ReadPage = (query: Record<string, number>) => Promise<Wire<LogPage>>;

/** Reads from where a query begins to the end of the attempt, or to a byte: one page ends at a number of bytes, too. */
export async function readThrough(
  read: ReadPage,
  query: { attempt: number; limit: number; line?: number; from?: number },
  until = Number.POSITIVE_INFINITY,
): Promise<Wire<LogPage>> {
  let page = await read(query);
  for (let at = -1; goesOn(page) && page.next < until && page.next > at; ) {
    at = page.next;
    const more = await read({ attempt: query.attempt, limit: query.limit, from: at });
    page = { ...more, lines: [...page.lines, ...more.lines] };
  }
  return page;
}

interface Following {
  /** Numbers of the attempts that may follow. */
  attempts: readonly number[];
  limit: number;
}

/** Reads all that follows what is held: of its last attempt, and of those after it as soon as nothing is added to it. */
export async function followOn(read: ReadPage, window: LogWindow, { attempts, limit }: Following): Promise<LogWindow> {
  let followed = window;
  for (let last = window.at(-1); last; ) {
    const end: LogPart = last;
    const page = await read({ attempt: end.attempt, from: end.next, limit });
    followed = appendPage(followed, page);
    last = goesOn(page) && page.next > end.next ? followed.at(-1) : undefined;
    const later = attempts.find((number) => number > end.attempt);
    if (last || !page.isComplete || later === undefined) continue;
    followed = appendPage(followed, await read({ attempt: later, from: 0, limit }));
    last = followed.at(-1);
  }
  return followed;
}

/** Reads one page more, of the next attempt where the last one has no more. */
export async function readOn(read: ReadPage, window: LogWindow, { attempts, limit }: Following): Promise<LogWindow> {
  const last = window.at(-1);
  if (!last) return window;
  const page = await read({ attempt: last.attempt, from: last.next, limit });
  const more = appendPage(window, page);
  const later = attempts.find((number) => number > last.attempt);
  if (page.next > last.next || goesOn(page) || later === undefined) return more;
  return appendPage(more, await read({ attempt: later, from: 0, limit }));
}

/** Whether there are lines after what is held, as far as is known. */
export function hasLater(window: LogWindow, attempts: readonly number[]): boolean {
  const last = window.at(-1);
  return last !== undefined && (goesOn(last) || attempts.some((number) => number > last.attempt));
}

/** Whether a line is held; of a very long one the part that begins at a byte. */
export function isHeld(window: LogWindow, line: { attempt: number; number: number; start?: number }): boolean {
  return window.some(
    ({ attempt, lines }) =>
      attempt === line.attempt &&
      lines.some(
        ({ number, start, dropped }) => dropped === 0 && number === line.number && start === (line.start ?? start),
      ),
  );
}

/** Id of the element of a line. The parts of a very long one have the same number, but not the same id. */
export function elementId(attempt: number, lines: readonly HeldLine[], at: number): string {
  const line = lines[at];
  const before = lines.slice(Math.max(0, at - 2), at).findLast(({ dropped }) => dropped === 0);
  const id = lineId(attempt, line?.number ?? 0);
  return line && before?.number === line.number ? `${id}-${line.start}` : id;
}

/** Id of the element of a line that is held; of a very long one its first part, or the one that begins at a byte. */
export function elementIdOf(window: LogWindow, line: { attempt: number; number: number; start?: number }): string {
  const lines = window.find(({ attempt }) => attempt === line.attempt)?.lines ?? [];
  const at = lines.findIndex(
    ({ number, start, dropped }) => dropped === 0 && number === line.number && start === (line.start ?? start),
  );
  return at === -1 ? lineId(line.attempt, line.number) : elementId(line.attempt, lines, at);
}

/** Says which match is shown, of how many; with "+" where a part of the log was not searched. */
export function matchCount(at: number, count: number, isCut: boolean): string {
  if (count === 0) return isCut ? "none so far" : "none";
  return `${formatCountOf(at + 1, count)}${isCut ? "+" : ""}`;
}

/** Returns the place of the match to go to; undefined where what was not searched yet comes first. */
export function nextMatch(at: number, by: number, { count, isCut }: { count: number; isCut: boolean }) {
  const next = at + by;
  if (count === 0 || (next >= count && isCut)) return undefined;
  return (next + count) % count;
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
