import { maxPreviewBytes } from "./artifact-preview.ts";

/** A part of a long text, in bytes: from `start`, before `end`. */
export interface TextWindow {
  start: number;
  end: number;
}

/** Neighbouring windows share so many bytes, so that no line is cut out between them. */
const overlapBytes = 4096;
const logs = /\.(log|out|err|stdout|stderr)$|^(stdout|stderr)(\.txt)?$/i;

/** Returns the part of a file to show: the one at `at`; without it, the end of a log and the start of any other file. */
export function windowOf(name: string, sizeBytes: number, at: number | undefined): TextWindow {
  const last = Math.max(0, sizeBytes - maxPreviewBytes);
  const start = Math.min(last, Math.max(0, at ?? (logs.test(name) ? last : 0)));
  return { start, end: Math.min(sizeBytes, start + maxPreviewBytes) };
}

/** Returns the starts of the neighbouring windows; undefined where the file has no more content. */
export function windowsAround({ start, end }: TextWindow, sizeBytes: number) {
  const step = maxPreviewBytes - overlapBytes;
  return {
    first: start > 0 ? 0 : undefined,
    earlier: start > 0 ? Math.max(0, start - step) : undefined,
    later: end < sizeBytes ? start + step : undefined,
    last: end < sizeBytes ? Math.max(0, sizeBytes - maxPreviewBytes) : undefined,
  };
}

/** Returns the complete lines of a window: lines cut at its ends are in the neighbouring windows. A window of one line keeps it. */
export function completeLines(text: string, { start, end }: TextWindow, sizeBytes: number): string {
  const from = start > 0 ? text.indexOf("\n") + 1 : 0;
  const to = end < sizeBytes ? text.lastIndexOf("\n") + 1 : text.length;
  return to > from ? text.slice(from, to) : text;
}

/** Parses the byte offset of an address; undefined without one. */
export function readAt(text: string | string[] | undefined): number | undefined {
  return typeof text === "string" && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
