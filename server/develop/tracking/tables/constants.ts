/** Kinds of fields for columns of a table of runs, filters and groups. */
export const fieldKinds = ["metric", "param", "tag"] as const;
export type FieldKind = (typeof fieldKinds)[number];

/** Attributes that runs can be grouped by, besides "params.<key>" and "tags.<key>". */
export const groupAttributes = ["status", "by", "dataset"] as const;

/** Returns whether runs can be grouped by a column. */
export function isGroupable(by: string): boolean {
  return /^(params|tags)\../s.test(by) || groupAttributes.some((attribute) => attribute === by);
}

/** Columns of a table of runs that are always there to choose; others are "metrics.<key>", "curve.<key>", "params.<key>", "tags.<key>". */
export const fixedRunColumns = ["status", "started", "took", "dataset", "commit", "by", "version"] as const;
