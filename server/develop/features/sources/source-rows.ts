import type { FeatureView, ViewSource } from "../contract.ts";

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
  view: FeatureView;
  source: ViewSource;
  range: EventRange;
}

/** A column that a write to the view has, and the column of the source that holds it. */
export interface ReadColumn {
  name: string;
  from: string;
  role: "key" | "feature" | "event" | "created";
  /** Type of the key or feature. */
  type: string;
}

/** Returns the columns to read of a source, keys first: the view's names, and those of the source by its field mapping. */
export function columnsToRead({ view, source }: Pick<Reading, "view" | "source">): ReadColumn[] {
  const mapped = new Map(Object.entries(source.options.fieldMapping).map(([column, feature]) => [feature, column]));
  const read = (name: string, role: ReadColumn["role"], type: string): ReadColumn => ({
    name,
    from: mapped.get(name) ?? name,
    role,
    type,
  });
  const { entities, features } = view.current;
  return [
    ...entities.map(({ joinKey, type }) => read(joinKey, "key", type)),
    ...features.map(({ name, type }) => read(name, "feature", type)),
    { name: view.eventTimeColumn, from: source.eventTimeColumn, role: "event", type: "timestamp" },
    ...(view.createdTimeColumn === null || source.createdTimeColumn === null
      ? []
      : [
          { name: view.createdTimeColumn, from: source.createdTimeColumn, role: "created" as const, type: "timestamp" },
        ]),
  ];
}

/** Rows of a page: fewer of wide ones, so that a page stays at some megabytes. */
export function rowsPerPage(columns: number): number {
  return Math.max(500, Math.min(10_000, Math.floor(200_000 / Math.max(1, columns))));
}

/** Puts rows into columns by name. */
export function toColumns(names: readonly string[], rows: readonly (readonly unknown[])[]): Record<string, unknown[]> {
  return Object.fromEntries(names.map((name, index) => [name, rows.map((row) => row[index])]));
}
