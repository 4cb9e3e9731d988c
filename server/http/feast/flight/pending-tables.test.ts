import { afterEach, expect, test, vi } from "vitest";
import { PendingTables } from "./pending-tables.ts";

const table = (bytes: number) => ({ messages: [], rows: 0, bytes });
const command = Buffer.from("{}");

afterEach(() => vi.useRealTimers());

test("keeps a table for its sender, until it is taken", () => {
  const tables = new PendingTables(100);
  tables.add("ann", command, table(10));
  expect(tables.has("bob", command)).toBe(false);
  expect(tables.take("bob", command)).toBeUndefined();
  expect(tables.take("ann", command)).toEqual(table(10));
  expect(tables.take("ann", command)).toBeUndefined();
});

test("refuses tables beyond its memory, and takes more once some are gone", () => {
  const tables = new PendingTables(100);
  tables.add("ann", command, table(60));
  expect(() => tables.add("bob", command, table(60))).toThrow("Too many tables");
  // The same command again takes the place of the first.
  tables.add("ann", command, table(100));
  tables.take("ann", command);
  tables.add("bob", command, table(100));
  expect(tables.has("bob", command)).toBe(true);
});

test("forgets tables after ten minutes", () => {
  vi.useFakeTimers();
  const tables = new PendingTables(100);
  tables.add("ann", command, table(100));
  vi.advanceTimersByTime(599_000);
  expect(tables.has("ann", command)).toBe(true);
  vi.advanceTimersByTime(2_000);
  expect(tables.has("ann", command)).toBe(false);
  tables.add("bob", command, table(100));
});
