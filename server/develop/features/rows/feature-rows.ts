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
