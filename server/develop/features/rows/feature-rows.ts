/** The newest row of a key. Times are microseconds since 1970. */
export interface StoredRow {
  readonly eventAt: number;
  readonly createdAt: number;
  readonly packed: Buffer;
}

/** Newest rows by the keys that were asked for, undefined where there is none. */
export interface ReadRows {
  rows: (StoredRow | undefined)[];
  /** The store's clock when it read, in microseconds since 1970; undefined if no row was found, whose age it would tell. */
  readAt: number | undefined;
}

/** Where look-ups read rows. The vectors of docs/spec/features.md are the contract of every implementation. */
export interface FeatureRows {
  /** @param keys each once */
  read(view: { readonly number: number; readonly ttlUs: number | null }, keys: readonly Buffer[]): Promise<ReadRows>;
}
