import type { ScalarValue, StoreValue, ViewVersion } from "#server/develop/features/contract.ts";
import { atLookUp, slotsOf } from "#server/develop/features/definitions/view-features.ts";
import { RequestWork } from "#server/develop/features/expressions/request-work.ts";
import {
  computeAtLookUp,
  neededAtLookUp,
  referencesOf,
} from "#server/develop/features/expressions/view-expressions.ts";

/** A row, or the absence of one, with its key. */
interface KeyedRow {
  key: readonly ScalarValue[];
  /** Stored values by name; undefined without a row, and for a row that does not count. */
  values: ReadonlyMap<string, StoreValue> | undefined;
}

/** Rows that are computed with one budget of work, as those of one look-up are. */
const batchRows = 1_000;

/**
 * Lists the expressions at look-up that can be computed again: they read nothing but the row and its key. What a request brought, and features of
 * other views, are not known afterwards.
 */
export function ownExpressions(version: ViewVersion): string[] {
  const inputs = new Set(version.requestInputs.map(({ name }) => name));
  return atLookUp(version.expressions).flatMap(({ name }) => {
    const needed = neededAtLookUp(version, [name]);
    const reads = needed.flatMap(({ cel }) => cel.match(/[A-Za-z_]\w*/g) ?? []);
    return referencesOf(needed).length > 0 || reads.some((read) => inputs.has(read)) ? [] : [name];
  });
}

/** Computes such expressions for rows, by the function that look-ups use. @returns by expression, in the order of the rows */
export async function computeOwn(
  version: ViewVersion,
  wanted: readonly string[],
  rows: readonly KeyedRow[],
): Promise<Map<string, StoreValue[]>> {
  const computed = new Map<string, StoreValue[]>(wanted.map((name) => [name, []]));
  if (wanted.length === 0) return computed;
  const slots = new Set(slotsOf(version).map(({ name }) => name));
  const typeOf = (reference: string) => {
    throw new Error(`The expression reads "${reference}" of another view.`);
  };
  for (let start = 0; start < rows.length; start += batchRows) {
    const batch = rows.slice(start, start + batchRows);
    const columnOf = (name: string): StoreValue[] => {
      if (slots.has(name)) return batch.map(({ values }) => values?.get(name) ?? null);
      const key = version.entities.findIndex(({ joinKey }) => joinKey === name);
      return batch.map((row) => row.key[key] ?? null);
    };
    const work = { rows: batch.length, work: new RequestWork() };
    const found = await computeAtLookUp({ version, wanted, typeOf }, columnOf, work);
    for (const name of wanted) computed.get(name)?.push(...(found.get(name) ?? batch.map(() => null)));
  }
  return computed;
}
