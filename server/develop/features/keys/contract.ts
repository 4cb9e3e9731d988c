import { z } from "zod";
import { boundedRecord } from "#server/base/bounded-record.ts";
import { limits } from "#server/base/limits.ts";
import type { FeatureType, KeyType, LookUpStatus, ScalarValue, StoreValue } from "../contract.ts";

/** Most rows of a key's history that one answer has. */
export const maxKeyHistory = 50;

export const GetKeyRows = z.object({
  view: z.string().max(limits.nameLength),
  /** Value by join key or name of the entity: as JSON has it, or as text. */
  keys: boundedRecord(z.string().max(limits.nameLength), z.unknown(), 100),
  /** ISO 8601; UTC without an offset. Without it, only the present row is read. */
  at: z.string().max(100).optional(),
});
export type GetKeyRows = z.input<typeof GetKeyRows>;

/** Value of one feature of a key, as a look-up gives it. */
export interface KeyValue {
  name: string;
  type: FeatureType;
  value: StoreValue;
  status: LookUpStatus;
  /** Stored as it came, computed when its row arrived, or computed at look-up. */
  from: "row" | "arrival" | "look-up";
}

/** Row of a key as it arrived. Times are microseconds since 1970. */
export interface KeyHistoryRow {
  version: number;
  eventAt: number;
  createdAt: number;
  arrivedAt: number;
  /** What wrote it; null once the row is in a file of history, which does not have it. */
  origin: string | null;
  /** Whether look-ups were to find it; the others were written to the history alone. */
  isOnline: boolean;
  values: { name: string; type: FeatureType; value: StoreValue }[];
}

/** What a look-up of a key gives at some time. Times are microseconds since 1970, null without a row. */
export interface KeyMoment {
  at: number;
  eventAt: number | null;
  createdAt: number | null;
  arrivedAt: number | null;
  origin: string | null;
  /** Version of the schema by which the row was written. */
  version: number | null;
  /** Never below 0. */
  ageUs: number | null;
  values: KeyValue[];
}

/** Rows of one key of a view. */
export interface KeyRows {
  view: string;
  /** In the order of the join keys; null for a part that is missing, under which there is no row. */
  keys: { name: string; type: KeyType; value: ScalarValue | null }[];
  ttlUs: number | null;
  now: KeyMoment;
  /** What a look-up at the given time found, of the rows that had arrived by then. */
  asOf: KeyMoment | null;
  /** What is known today for the given time, of all rows. */
  knownNow: KeyMoment | null;
  /** The newest event first. */
  history: KeyHistoryRow[];
  /** Whether there are older rows than those of `history`. */
  hasOlder: boolean;
  /** Expressions that need values of a request, and are not computed here. */
  needRequest: string[];
}
