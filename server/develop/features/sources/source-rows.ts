import { type FeatureType, type FeatureView, maxValueBytes, type ViewSource } from "../contract.ts";
import type { PageLimits } from "../offline/engine/messages.ts";

/** Event times to read, in microseconds since 1970; both are included. */
export interface EventRange {
  from: number;
  to: number;
}

/** Where reading continues: after so many rows of the file, or of those with this event time. */
export interface Place {
  row: number;
  eventAt: number | null;
}

/** Rows of a source under the names that writes to the view have, with the place after them. */
export interface SourcePage {
  columns: Record<string, unknown[]>;
  rows: number;
  after: Place;
  /** An earlier reader had rows like these, and has counted them: docs/spec/features.md section 16. */
  isRepeated?: boolean;
}

/** An open source. */
export interface SourceRows {
  /** Rows of the range; null where counting them would cost a complete read. */
  total: number | null;
  /** Changes when the file is another one: then the places of before mean nothing. */
  fingerprint: string;
  /** Yields the rows in an order that is the same each time. @param after where an earlier reader stopped */
  pages(after: Place | null): AsyncGenerator<SourcePage>;
  close(): Promise<void>;
}

/** What is read of which source. */
export interface Reading {
  source: ViewSource;
  /** Keys first. */
  columns: readonly ReadColumn[];
  range: EventRange;
  /** Only the newest row of each key; otherwise all, also those without an event time where that costs nothing. */
  isLatest?: boolean;
}

/** A column that a write to the view has, and the column of the source that holds it. */
export interface ReadColumn {
  name: string;
  from: string;
  role: "key" | "feature" | "event" | "created";
  /** Type of the key or feature. */
  type: FeatureType;
}

/** Returns the columns to read of a source, keys first: the view's names, and those of the source by its field mapping. */
export function columnsToRead(view: FeatureView, source: ViewSource): ReadColumn[] {
  const read = (name: string, role: ReadColumn["role"], type: ReadColumn["type"]): ReadColumn => ({
    name,
    from: sourceColumn(source, name),
    role,
    type,
  });
  const time = (name: string, from: string, role: ReadColumn["role"]): ReadColumn => ({
    name,
    from,
    role,
    type: "timestamp",
  });
  const { entities, features } = view.current;
  return [
    ...entities.map(({ joinKey, type }) => read(joinKey, "key", type)),
    ...features.map(({ name, type }) => read(name, "feature", type)),
    time(view.eventTimeColumn, source.eventTimeColumn, "event"),
    ...(view.createdTimeColumn === null || source.createdTimeColumn === null
      ? []
      : [time(view.createdTimeColumn, source.createdTimeColumn, "created")]),
  ];
}

/** Returns the column of a source that holds a feature or join key. */
export function sourceColumn({ options }: ViewSource, name: string): string {
  return Object.entries(options.fieldMapping).find(([, feature]) => feature === name)?.[0] ?? name;
}

/** The row that reaches so many bytes of cells is the last one of its page. */
export const pageBytes = 16 * 2 ** 20;

/** Returns where a page of so many columns ends: fewer rows of wide ones, so that a page stays at some megabytes. */
export function pageLimits(columns: number): PageLimits {
  const rows = Math.max(500, Math.min(10_000, Math.floor(200_000 / Math.max(1, columns))));
  return { rows, bytes: pageBytes, cellBytes: maxValueBytes };
}
