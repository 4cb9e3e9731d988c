import { formatDuration } from "#components/ui/format-time.ts";
import type { FeatureView, ViewSource } from "#server/develop/features/contract.ts";
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
  | { kind: "never" }
  /** It has an interval, and nothing to read it for. */
  | { kind: "no-view"; everyMs: number }
  | { kind: "on-request" }
  | { kind: "new-version" }
  | { kind: "at"; at: Date; everyMs: number };

/**
 * Returns when a source is read next: for the view whose last materialisation began first.
 * @param started when the last materialisation of each view began that is read from it; undefined for a view without one, which is read at once
 */
export function nextReading(
  source: Pick<ViewSource, "kind" | "options">,
  started: readonly (Date | undefined)[],
  now: Date,
): NextReading {
  const { everyMinutes } = source.options;
  if (!isRead(source)) return { kind: "never" };
  if (everyMinutes === undefined) return { kind: source.kind === "dataset" ? "new-version" : "on-request" };
  const everyMs = everyMinutes * minuteMs;
  if (started.length === 0) return { kind: "no-view", everyMs };
  const first = Math.min(...started.map((at) => at?.getTime() ?? Number.NEGATIVE_INFINITY));
  return { kind: "at", at: new Date(Math.max(now.getTime(), first + everyMs)), everyMs };
}

/** A source with what reads from it. */
export interface SourceRow {
  source: ViewSource;
  /** Views that have it, or whose push source has it as its history. */
  views: string[];
  /** Its newest materialisation. */
  last: Materialisation | undefined;
  /** When the last materialisation of each of these views began. */
  started: (Date | undefined)[];
}

/** Puts sources together with their views. @param newest the newest materialisation of each view */
export function sourceRows(
  sources: readonly ViewSource[],
  views: readonly Pick<FeatureView, "name" | "source">[],
  newest: readonly Materialisation[],
): SourceRow[] {
  const byName = new Map(sources.map((source) => [source.name, source]));
  const lastOf = new Map(newest.map((last) => [last.view, last]));
  return sources.map((source) => {
    const own = views.filter((view) => {
      const has = byName.get(view.source ?? "");
      return has && (has.name === source.name || (has.kind === "push" && has.options.batchSource === source.name));
    });
    const lasts = own.map(({ name }) => lastOf.get(name));
    const read = lasts.filter((last) => last?.input?.source === source.name);
    const last = read.reduce((a, b) => (a && b && a.createdAt >= b.createdAt ? a : b), undefined);
    return {
      source,
      views: own.map(({ name }) => name),
      last,
      started: lasts.map((each) => each?.createdAt),
    };
  });
}

/** Describes how often a source is read: "each new version", "every 15 min", "on request". */
export function describeReading(next: NextReading): string {
  switch (next.kind) {
    case "never":
      return "";
    case "no-view":
      return `every ${formatDuration(next.everyMs)}, once a view has it`;
    case "on-request":
      return "on request";
    case "new-version":
      return "each new version";
    case "at":
      return `every ${formatDuration(next.everyMs)}`;
  }
}
