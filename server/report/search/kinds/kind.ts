import type { SQL } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import type { PermissionName } from "#server/platform/permissions/permissions.ts";
import type { SearchFact, SearchHit, SearchKind, SearchState } from "../contract.ts";
import type { Query } from "../match.ts";

/** What a row of a source becomes, besides what all rows have. */
type Shown = Pick<SearchHit, "href" | "facts"> & Partial<Pick<SearchHit, "detail" | "state" | "version" | "isOpen">>;

/** The best matches of a kind, best first. */
export interface Best {
  hits: { id: string; rank: number }[];
  /** Number of all matches. */
  total: number;
  /** Whether counting ended at the total, because there are more. */
  isUncounted: boolean;
}

/** One kind of thing that search finds. */
export interface Kind {
  kind: SearchKind;
  /** Query that lists the kind elsewhere: who may not call it finds nothing of it. */
  permission: PermissionName;
  /**
   * Selects all of the workspace, with the columns id, label, haystack (text that is searched besides the label), ids (text[]), at
   * (timestamptz, newest first among equals) and data (jsonb).
   */
  source: (ctx: Context) => SQL;
  /** Finds the best matches where the kind has too many rows for reading all of them. */
  findBest?: (ctx: Context, query: Query) => Promise<Best>;
  /** Selects the newest names as label, where the kind has too many rows for sorting all of them. */
  newest?: (ctx: Context, limit: number) => SQL;
  /** Shapes a row. @throws Error if its data is of another shape */
  show: (row: { id: string; label: string; data: unknown }, now: number) => Shown;
}

/** Defines a kind; its data is checked where it comes in. */
export function defineKind<Data extends z.ZodType>(
  kind: Omit<Kind, "show"> & {
    data: Data;
    show: (row: { id: string; label: string; data: z.output<Data> }, now: number) => Shown;
  },
): Kind {
  return {
    ...kind,
    show: (row, now) => kind.show({ ...row, data: kind.data.parse(row.data) }, now),
  };
}

/** Facts that are known, in this order: text or numbers, and times as milliseconds since 1970. */
export function factsOf(
  values: Record<string, string | number | null | undefined>,
  times: Record<string, number | null | undefined> = {},
): SearchFact[] {
  const known = Object.entries(values).flatMap(([label, value]) =>
    value === null || value === undefined || value === "" ? [] : [{ label, value: String(value) }],
  );
  const dated = Object.entries(times).flatMap(([label, at]) =>
    at === null || at === undefined ? [] : [{ label, at: Math.round(at) }],
  );
  return [...known, ...dated];
}

/** Milliseconds since 1970 in the data of a row. */
export const instant = z.number().nullable();

export type StateTable<Key extends string> = Readonly<Record<Key, SearchState>>;

/** Formats "1 version", "3 versions". */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
