import { maxPreviewBytes } from "./artifact-preview.ts";

/** A part of a long text, in bytes: from `start`, before `end`. */
export interface TextWindow {
  start: number;
  end: number;
}

/** Neighbouring windows share so many bytes, so that no line is cut out between them. */
const overlapBytes = 4096;
const logs = /\.(log|out|err|stdout|stderr)$|^(stdout|stderr)(\.txt)?$/i;

/** The part of a file that is shown: what `at` asks for; else the end of a log, the beginning of anything else. */
export function windowOf(name: string, sizeBytes: number, at: number | undefined): TextWindow {
  const last = Math.max(0, sizeBytes - maxPreviewBytes);
  const start = Math.min(last, Math.max(0, at ?? (logs.test(name) ? last : 0)));
  return { start, end: Math.min(sizeBytes, start + maxPreviewBytes) };
}

/** Where the windows around this one begin; undefined where there is nothing more. */
export function windowsAround({ start, end }: TextWindow, sizeBytes: number) {
  const step = maxPreviewBytes - overlapBytes;
  return {
    first: start > 0 ? 0 : undefined,
    earlier: start > 0 ? Math.max(0, start - step) : undefined,
    later: end < sizeBytes ? start + step : undefined,
    last: end < sizeBytes ? Math.max(0, sizeBytes - maxPreviewBytes) : undefined,
  };
}

/** The whole lines of a window: those cut at its ends stand in its neighbours. A window of one line keeps it. */
export function completeLines(text: string, { start, end }: TextWindow, sizeBytes: number): string {
  const from = start > 0 ? text.indexOf("\n") + 1 : 0;
  const to = end < sizeBytes ? text.lastIndexOf("\n") + 1 : text.length;
  return to > from ? text.slice(from, to) : text;
}

/** The byte that an address names; undefined when it names none. */
export function readAt(text: string | string[] | undefined): number | undefined {
  return typeof text === "string" && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
