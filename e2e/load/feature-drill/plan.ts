import { type Random, seededRandom, shuffled } from "#server/stats/random.ts";

/** A row that is pushed. Its id is its value, so that what is stored names the push that it came from. */
export interface PlannedRow {
  id: number;
  key: number;
  /** Microseconds since 1970. */
  eventAt: number;
  /** Undefined for keys whose rows come without a created time. */
  createdAt: number | undefined;
}

const keys = 500;
const maxRows = 8;
const rangeUs = 20 * 60 * 60 * 1_000_000;
/** Share of rows that correct an earlier one: with its event time, and a created time of their own. */
const corrections = 0.1;

/**
 * Plans pushes of 1 to 8 rows of 500 keys, in an order that has nothing to do with event times. No two rows of a key have the same event and
 * created times, so that the newest is a certain one.
 * @param endsAt the greatest event time, in microseconds since 1970
 */
export function planPushes(count: number, seed: number, endsAt: number): PlannedRow[][] {
  const random = seededRandom(seed);
  const earlier = new Map<number, PlannedRow[]>();
  let planned = 0;
  const pushes = Array.from({ length: count }, () =>
    Array.from({ length: 1 + Math.floor(random() * maxRows) }, () => {
      planned += 1;
      const row = planRow(planned, random, earlier, endsAt);
      earlier.set(row.key, [...(earlier.get(row.key) ?? []), row]);
      return row;
    }),
  );
  return shuffled(count, random).map((index) => pushes[index] as PlannedRow[]);
}

function planRow(id: number, random: Random, earlier: Map<number, PlannedRow[]>, endsAt: number): PlannedRow {
  const key = Math.floor(random() * keys);
  // The id makes times differ.
  const eventAt = endsAt - 10_000_000 - Math.floor(random() * (rangeUs / 1_000_000)) * 1_000_000 + id;
  if (key % 5 === 0) return { id, key, eventAt, createdAt: undefined };
  const before = earlier.get(key);
  const corrected = before && random() < corrections ? before[Math.floor(random() * before.length)] : undefined;
  const createdAt = endsAt - Math.floor(random() * 5) * 1_000_000 - 1_000_000 + id;
  return { id, key, eventAt: corrected?.eventAt ?? eventAt, createdAt };
}

/** Returns the row of each key that is the newest: by event time, then created time. */
export function newestRows(pushes: readonly (readonly PlannedRow[])[]): Map<number, PlannedRow> {
  const newest = new Map<number, PlannedRow>();
  for (const row of pushes.flat()) {
    const known = newest.get(row.key);
    const isNewer =
      !known ||
      row.eventAt > known.eventAt ||
      (row.eventAt === known.eventAt && (row.createdAt ?? 0) > (known.createdAt ?? 0));
    if (isNewer) newest.set(row.key, row);
  }
  return newest;
}
