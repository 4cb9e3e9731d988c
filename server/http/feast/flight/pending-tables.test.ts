import { Schema, Table, tableToIPC } from "apache-arrow";
import { afterEach, expect, test, vi } from "vitest";
import { messagesOfStream } from "./ipc-messages.ts";
import { encodeFlight } from "./messages.ts";
import { PendingTables } from "./pending-tables.ts";
import { readDescriptor } from "./read-table.ts";

const table = (bytes: number) => ({ messages: [], rows: 0, bytes });
const command = Buffer.from("{}");
const ann = { workspace: "a", name: "ann" };
const bob = { workspace: "b", name: "bob" };
const cora = { workspace: "c", name: "cora" };

afterEach(() => vi.useRealTimers());

test("keeps a table for its sender, until it is taken", () => {
  const tables = new PendingTables(100);
  tables.add(ann, command, table(10));
  expect(tables.has(bob, command)).toBe(false);
  expect(tables.take(bob, command)).toBeUndefined();
  expect(tables.take({ workspace: "a", name: "bob" }, command)).toBeUndefined();
  expect(tables.take(ann, command)?.table).toEqual(table(10));
  expect(tables.take(ann, command)).toBeUndefined();
});

test("refuses tables beyond its memory, and takes more once those that are used are released", () => {
  const tables = new PendingTables(100);
  tables.add(ann, command, table(40));
  tables.add(bob, command, table(40));
  expect(() => tables.add(cora, command, table(40))).toThrow("Too many tables");
  // The same command again takes the place of the first.
  tables.add(ann, command, table(50));
  const taken = tables.take(ann, command);
  expect(() => tables.add(cora, command, table(40))).toThrow("Too many tables");
  taken?.release();
  tables.add(cora, command, table(40));
  expect(tables.has(cora, command)).toBe(true);
});

test("gives a workspace half of its memory, and sixteen tables", () => {
  const tables = new PendingTables(100);
  expect(() => tables.add(ann, command, table(51))).toThrow("at most");
  tables.add(ann, command, table(30));
  expect(() => tables.add({ workspace: "a", name: "bob" }, command, table(30))).toThrow("Too many tables");
  tables.clear();
  for (let index = 0; index < 16; index += 1) tables.add(ann, Buffer.from(`{"x":${index}}`), table(0));
  expect(() => tables.add(ann, command, table(0))).toThrow("Too many tables");
  tables.add(bob, command, table(0));
});

test("counts all that was sent with a table, and keeps only what is used", async () => {
  const [schema] = [...messagesOfStream(tableToIPC(new Table(new Schema([])), "stream"))];
  const flightData = encodeFlight("FlightData", {
    flight_descriptor: { type: 2, cmd: command },
    data_header: schema?.header ?? new Uint8Array(),
  });
  // Another field, as app_metadata is, around which the buffer of the message stays in memory.
  const padding = Buffer.alloc(100_004);
  padding.set([0x1a, 0xa0, 0x8d, 0x06]);
  async function* sent() {
    yield Buffer.concat([flightData, padding]);
  }
  const read = await (await readDescriptor(sent())).table();
  expect(read.bytes).toBe(flightData.length + padding.length);
  const tables = new PendingTables(2 ** 20);
  tables.add(ann, command, read);
  const kept = tables.take(ann, command)?.table.messages[0];
  expect(kept?.header).toEqual(new Uint8Array(read.messages[0]?.header ?? []));
  expect(kept?.header.buffer.byteLength).toBe(kept?.header.length);
});

test("forgets tables after ten minutes", () => {
  vi.useFakeTimers();
  const tables = new PendingTables(100);
  tables.add(ann, command, table(50));
  vi.advanceTimersByTime(599_000);
  expect(tables.has(ann, command)).toBe(true);
  vi.advanceTimersByTime(2_000);
  expect(tables.has(ann, command)).toBe(false);
  tables.add(ann, Buffer.from("{ }"), table(50));
});
