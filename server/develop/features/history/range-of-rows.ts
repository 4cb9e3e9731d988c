import type { featureFiles } from "#db/schema/index.ts";
import type { KeyType, ScalarValue, ViewVersion } from "../contract.ts";
import type { OfflineEngine } from "../offline/engine/offline-engine.ts";
import { encodeEntityKey } from "../rows/entity-key.ts";
import { keyColumn } from "./history-columns.ts";

/** What the list of files says of the rows of a file. */
export type RowsRange = Pick<
  typeof featureFiles.$inferSelect,
  "rows" | "minKey" | "maxKey" | "minEventAt" | "maxEventAt" | "minArrivedAt" | "maxArrivedAt"
>;

/**
 * Returns what the list of files says of rows; undefined without any. It is read from the rows: a key that has none must not stay in the list
 * as an end of a range.
 * @param relation with the columns of a file of history
 */
export async function rangeOfRows(
  engine: OfflineEngine,
  relation: string,
  entities: ViewVersion["entities"],
): Promise<RowsRange | undefined> {
  const [row = []] = await engine.rows(
    `SELECT count(*), min(event), max(event), min(arrived), max(arrived) FROM ${relation}`,
  );
  const [rows, minEventAt, maxEventAt, minArrivedAt, maxArrivedAt] = row.map(Number) as [
    number,
    number,
    number,
    number,
    number,
  ];
  if (rows === 0) return undefined;
  const types = entities.map(({ type }) => type);
  const names = entities.map(({ joinKey }) => keyColumn(joinKey));
  const keyAt = async (direction: "ASC" | "DESC") => {
    if (names.length === 0) return Buffer.alloc(0);
    const order = names.flatMap((name, index) => orderOf(name, types[index] as KeyType));
    const [found = []] = await engine.rows(
      `SELECT ${names.join(", ")} FROM ${relation} ORDER BY ${order.map((expression) => `${expression} ${direction}`).join(", ")} LIMIT 1`,
    );
    return encodeEntityKey(types, found as ScalarValue[]) ?? Buffer.alloc(0);
  };
  const [minKey, maxKey] = [await keyAt("ASC"), await keyAt("DESC")];
  return { rows, minKey, maxKey, minEventAt, maxEventAt, minArrivedAt, maxArrivedAt };
}

/** Keys are ordered by their bytes, in which the length of a text comes first. */
function orderOf(name: string, type: KeyType): string[] {
  if (type === "string") return [`strlen(${name})`, name];
  return type === "bytes" ? [`octet_length(${name})`, name] : [name];
}
