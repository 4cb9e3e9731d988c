import { formatDuration } from "#components/ui/format-time.ts";
import type { ViewSource } from "#server/develop/features/contract.ts";
import type { Materialisation } from "#server/develop/features/materialisations/contract.ts";

const minuteMs = 60_000;

/** Describes the kind of a source with what it reads: "dataset payments", "push". */
export function describeSource({ kind, options }: Pick<ViewSource, "kind" | "options">): string {
  switch (kind) {
    case "push":
      return options.batchSource === null ? "push" : `push; history from ${options.batchSource}`;
    case "dataset":
      return `dataset ${options.dataset ?? ""}`.trim();
    case "file":
      return `file ${options.path ?? ""}`.trim();
    case "sql":
      return `SQL on ${options.connection ?? "no connection"}`;
    case "predictions":
      return `predictions of ${options.endpoint ?? "no endpoint"}`;
    case "stored":
      return `${options.kindName ?? "other"}, not read by Leeway`;
  }
}

/** Returns whether views are materialised from a source. */
export function isRead({ kind }: Pick<ViewSource, "kind">): boolean {
  return kind !== "push" && kind !== "stored";
}

export type NextReading =
  /** Rows come by writes, or Leeway does not read the kind. */
  { kind: "never" } | { kind: "on-request" } | { kind: "new-version" } | { kind: "at"; at: Date; everyMs: number };

/** Returns when a source is read next. @param last its newest materialisation; without one an interval begins at once */
export function nextReading(
  source: Pick<ViewSource, "kind" | "options">,
  last: Pick<Materialisation, "createdAt"> | undefined,
  now: Date,
): NextReading {
  const { everyMinutes } = source.options;
  if (!isRead(source)) return { kind: "never" };
  if (everyMinutes !== undefined) {
    const everyMs = everyMinutes * minuteMs;
    const due = last === undefined ? now.getTime() : last.createdAt.getTime() + everyMs;
    return { kind: "at", at: new Date(Math.max(now.getTime(), due)), everyMs };
  }
  return { kind: source.kind === "dataset" ? "new-version" : "on-request" };
}

/** Describes how often a source is read: "each new version", "every 15 min", "on request". */
export function describeReading(next: NextReading): string {
  switch (next.kind) {
    case "never":
      return "";
    case "on-request":
      return "on request";
    case "new-version":
      return "each new version";
    case "at":
      return `every ${formatDuration(next.everyMs)}`;
  }
}
