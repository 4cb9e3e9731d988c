/** The newest row of a key. Times are microseconds since 1970. */
export interface StoredRow {
  readonly eventAt: number;
  readonly createdAt: number;
  readonly packed: Buffer;
}

/** Where a row is known from: a view held in memory, a copy in memory, or the store itself. */
export type RowOrigin = "held" | "cached" | "asked";

/** Newest rows by the keys that were asked for, undefined where there is none. */
export interface ReadRows {
  rows: (StoredRow | undefined)[];
  /** The store's clock when it read, in microseconds since 1970; undefined if no row was found, whose age it would tell. */
  readAt: number | undefined;
  /** By key; undefined for one that the store did not answer in time. Left out: all were asked for. */
  sources?: readonly (RowOrigin | undefined)[] | undefined;
}

/** Where look-ups read rows. The vectors of docs/spec/features.md are the contract of every implementation. */
export interface FeatureRows {
  /** @param keys each once */
  read(view: { readonly number: number; readonly ttlUs: number | null }, keys: readonly Buffer[]): Promise<ReadRows>;
}

/** A row with its key. */
export interface KeyedRow extends StoredRow {
  readonly key: Buffer;
}

/** Where the newest row of each key is stored. */
export interface RowStore extends FeatureRows {
  /**
   * Makes each row the newest of its key, unless a newer one is there: the greater (event time, created time) stays, and of equal ones the row
   * that was written later.
   * @param rows each key once
   * @returns by row, whether it is the newest of its key now
   */
  write(view: WrittenView, rows: readonly WrittenRow[]): Promise<boolean[]>;
  /** Removes the rows of keys, whatever their times. */
  remove(view: Pick<WrittenView, "number">, keys: readonly Buffer[]): Promise<void>;
  /** Reads all rows of a view, page by page. What is written meanwhile may be missing; every other row is in a page. */
  scan(view: Pick<WrittenView, "number">): AsyncGenerator<KeyedRow[]>;
}

interface WrittenView {
  readonly number: number;
  readonly workspaceId: string;
}

export interface WrittenRow extends KeyedRow {
  /** When it was received, in microseconds since 1970. */
  readonly arrivedAt: number;
  /** Order of writing, as in feature_arrivals; 0 where it is not known yet. Stores that write in another order compare it. */
  readonly sequence: number;
}
