import {
  Dictionary,
  Field,
  Float64,
  Int32,
  List,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table,
  TimestampNanosecond,
  tableFromArrays,
  tableFromIPC,
  tableToIPC,
  Utf8,
  vectorFromArray,
} from "apache-arrow";
import { expect, test } from "vitest";
import { DomainError } from "#server/base/errors.ts";
import { checkMessage } from "./check-message.ts";
import { messagesOfStream, streamParts } from "./ipc-messages.ts";
import { decodeFlight, encodeFlight } from "./messages.ts";
import { readCells } from "./read-cells.ts";
import { openTable, readDescriptor } from "./read-table.ts";
import { tableMessages } from "./write-table.ts";

const descriptor = { type: 2, cmd: Buffer.from('{"api":"x"}') };

/** Returns a table as a client sends it: a descriptor with the schema, then its batches. */
async function* sent(stream: Uint8Array): AsyncGenerator<Buffer> {
  let isFirst = true;
  for (const { header, body } of messagesOfStream(stream)) {
    const data = { data_header: header, data_body: body, ...(isFirst && { flight_descriptor: descriptor }) };
    isFirst = false;
    yield Buffer.from(encodeFlight("FlightData", data));
  }
}

const read = async (stream: Uint8Array) => openTable(await (await readDescriptor(sent(stream))).table());

const listOfNumbers = () => new List(new Field("item", new Float64(), true));

const spine = tableFromArrays({
  driver_id: new BigInt64Array([1001n, 2n ** 53n + 1n, -1n]),
  label: new Float64Array([0.5, Number.NaN, 1]),
});

test("reads a table as it was sent, and says what it is about", async () => {
  const { descriptor: found, table } = await readDescriptor(sent(tableToIPC(spine, "stream")));
  expect(Buffer.from(found.cmd ?? []).toString()).toBe('{"api":"x"}');
  const { batches } = openTable(await table());
  expect(batches).toHaveLength(1);
  expect(readCells(batches[0] as RecordBatch)).toEqual({
    driver_id: [1001n, 2n ** 53n + 1n, -1n],
    label: [0.5, Number.NaN, 1],
  });
});

test("reads times of any unit as microseconds, rounded up, and texts, lists and dictionaries", async () => {
  const nanoseconds = new BigInt64Array([1_000n, 1_001n, -1n]);
  const times = makeData({ type: new TimestampNanosecond(), length: 3, nullCount: 0, data: nanoseconds });
  const words = vectorFromArray(["a", "b", "a"], new Dictionary(new Utf8(), new Int32()));
  const texts = vectorFromArray(["x", null, "ü"], new Utf8());
  const lists = vectorFromArray([[1, 2], null, []], listOfNumbers());
  const fields = { at: times.type, word: words.type, text: texts.type, list: lists.type };
  const schema = new Schema(Object.entries(fields).map(([name, type]) => new Field(name, type, true)));
  const children = [times, words.data[0], texts.data[0], lists.data[0]] as never;
  const batch = new RecordBatch(
    schema,
    makeData({ type: new Struct(schema.fields), length: 3, nullCount: 0, children }),
  );
  const { batches } = await read(tableToIPC(new Table(schema, [batch]), "stream"));
  expect(readCells(batches[0] as RecordBatch)).toEqual({
    at: [1n, 2n, 0n],
    word: ["a", "b", "a"],
    text: ["x", null, "ü"],
    list: [[1, 2], null, []],
  });
});

test("writes the client's columns unchanged, and features beside them, in batches", async () => {
  const rows = 130_001;
  const long = tableFromArrays({ id: new BigInt64Array(rows).map((_, row) => BigInt(row)) });
  const { schema, batches } = await read(tableToIPC(long, "stream"));
  const added = [
    { name: "rate", type: "float64" },
    { name: "tier", type: "string" },
    { name: "trips", type: "int64" },
    { name: "seen", type: "timestamp" },
    { name: "is", type: "bool" },
    { name: "list", type: "list<float32>" },
    { name: "raw", type: "bytes" },
  ] as const;
  let at = 0;
  const sizes: number[] = [];
  const cell = (row: number) => [
    row % 3 === 0 ? null : row / 2,
    row % 5 === 0 ? null : `t${row}ü`,
    row % 7 === 0 ? null : 2n ** 60n + BigInt(row),
    BigInt(row) * 1_000_000n,
    row % 2 === 0,
    row % 11 === 0 ? null : [row, 0.5],
    Buffer.from([row % 256]),
  ];
  const messages = tableMessages(
    { schema, batches },
    added,
    async (length) => {
      sizes.push(length);
      const cells = Array.from({ length }, (_, row) => cell(at + row));
      at += length;
      return added.map((_, column) => cells.map((values) => values[column] ?? null));
    },
    rows,
  );
  const parts: Uint8Array[] = [];
  for await (const message of messages) {
    const { data_header: header = new Uint8Array(), data_body: body = new Uint8Array() } = decodeFlight(
      "FlightData",
      Buffer.from(message),
    );
    parts.push(...streamParts({ header, body }));
  }
  const table = tableFromIPC(Buffer.concat(parts));
  expect(sizes).toEqual([64_000, 64_000, 2_001]);
  expect(table.numRows).toBe(rows);
  expect(table.schema.fields.map(({ name, type }) => `${name} ${type}`)).toEqual([
    "id Int64",
    "rate Float64",
    "tier Utf8",
    "trips Int64",
    "seen Timestamp<MICROSECOND, UTC>",
    "is Bool",
    "list List<Float32>",
    "raw Binary",
  ]);
  for (const row of [0, 1, 2, 7, 63_999, 64_000, 128_000, 130_000]) {
    const found = table.get(row)?.toJSON() as Record<string, unknown>;
    const [rate, tier, trips, , is, list, raw] = cell(row);
    expect([found.id, found.rate, found.tier, found.trips, found.is, found.raw]).toEqual([
      BigInt(row),
      rate,
      tier,
      trips,
      is,
      new Uint8Array(raw as Buffer),
    ]);
    expect(found.list === null ? null : [...(found.list as Iterable<number>)]).toEqual(list);
  }
});

test("writes a table without rows with its columns", async () => {
  const parts: Uint8Array[] = [];
  for await (const message of tableMessages(undefined, [{ name: "name", type: "string" }], async () => [[]], 0)) {
    const { data_header: header = new Uint8Array(), data_body: body = new Uint8Array() } = decodeFlight(
      "FlightData",
      Buffer.from(message),
    );
    parts.push(...streamParts({ header, body }));
  }
  const table = tableFromIPC(Buffer.concat(parts));
  expect([table.numRows, table.schema.fields.map(({ name }) => name)]).toEqual([0, ["name"]]);
});

/** Numbers that look random, the same in each run. */
function* dice(seed: number): Generator<number> {
  let state = seed;
  for (;;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state;
  }
}

test("refuses damaged messages without harm: no other error, no memory, no time", async () => {
  const words = vectorFromArray(["a", "b", "a"], new Dictionary(new Utf8(), new Int32()));
  const streams = [
    tableToIPC(spine, "stream"),
    tableToIPC(
      new Table({
        words,
        text: vectorFromArray(["x", null, "y"], new Utf8()),
        list: vectorFromArray([[1], [2, 3], []], listOfNumbers()),
      }),
      "stream",
    ),
  ];
  const random = dice(7);
  const roll = (most: number) => (random.next().value as number) % most;
  const before = process.memoryUsage().rss;
  const startedAt = performance.now();
  let refused = 0;
  for (let round = 0; round < 3_000; round += 1) {
    const messages = [...messagesOfStream(streams[round % 2] as Uint8Array)].map(({ header, body }) => ({
      header: Buffer.from(header),
      body: Buffer.from(body),
    }));
    for (let change = 0; change <= roll(4); change += 1) {
      const message = messages[roll(messages.length)];
      if (!message) continue;
      const target = roll(4) === 0 && message.body.length > 0 ? message.body : message.header;
      const at = roll(target.length);
      if (roll(3) === 0 && at + 4 <= target.length)
        target.writeUInt32LE([0xffff_ffff, 0x7fff_ffff, 0x8000_0000, 1 << 20][roll(4)] ?? 0, at);
      else target[at] = roll(256);
      if (roll(10) === 0) message.header = message.header.subarray(0, roll(message.header.length));
    }
    async function* broken() {
      let isFirst = true;
      for (const { header, body } of messages) {
        yield Buffer.from(
          encodeFlight("FlightData", {
            data_header: header,
            data_body: body,
            ...(isFirst && { flight_descriptor: descriptor }),
          }),
        );
        isFirst = false;
      }
    }
    try {
      const { batches } = openTable(await (await readDescriptor(broken())).table());
      for (const batch of batches) readCells(batch);
    } catch (error) {
      expect(error, `round ${round}`).toBeInstanceOf(DomainError);
      refused += 1;
    }
  }
  expect(refused).toBeGreaterThan(500);
  expect(performance.now() - startedAt).toBeLessThan(20_000);
  expect(process.memoryUsage().rss - before).toBeLessThan(500 * 2 ** 20);
});

test("refuses messages whose parts are named again and again", () => {
  // A schema whose fields have each other as children would be read exponentially often.
  const header = Buffer.alloc(64, 4);
  expect(() => checkMessage(header, 0)).toThrow(DomainError);
});
