import {
  Binary,
  type Data,
  Dictionary,
  Field,
  FixedSizeList,
  Float64,
  Int32,
  List,
  makeData,
  Null,
  RecordBatch,
  Schema,
  Struct,
  Table,
  TimestampNanosecond,
  tableFromArrays,
  tableFromIPC,
  tableToIPC,
  Utf8,
  Vector,
  vectorFromArray,
} from "apache-arrow";
import { expect, test } from "vitest";
import { DomainError } from "#server/base/errors.ts";
import { checkMessage } from "./check-message.ts";
import { type IpcMessage, messagesOfStream, streamParts } from "./ipc-messages.ts";
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
  expect(sizes).toEqual([16_000, 16_000, 16_000, 16_000, 16_000, 16_000, 16_000, 16_000, 2_001]);
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
  for (const row of [0, 1, 2, 7, 15_999, 16_000, 128_000, 130_000]) {
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

/** Returns a table with one column, as a client sends it, with changes to the bodies of its batches. */
function oneColumn(column: Data, change: (body: Uint8Array) => void = () => {}): IpcMessage[] {
  const schema = new Schema([new Field("x", column.type, true)]);
  const children = [column];
  const data = makeData({ type: new Struct(schema.fields), length: column.length, nullCount: 0, children });
  const stream = tableToIPC(new Table(schema, [new RecordBatch(schema, data)]), "stream");
  return [...messagesOfStream(stream)].map(({ header, body }) => {
    const own = { header: Uint8Array.from(header), body: Uint8Array.from(body) };
    if (body.length > 0) change(own.body);
    return own;
  });
}

async function* sentMessages(messages: readonly IpcMessage[]): AsyncGenerator<Buffer> {
  for (const [index, { header, body }] of messages.entries()) {
    const data = { data_header: header, data_body: body, ...(index === 0 && { flight_descriptor: descriptor }) };
    yield Buffer.from(encodeFlight("FlightData", data));
  }
}

const readMessages = async (messages: readonly IpcMessage[]) =>
  openTable(await (await readDescriptor(sentMessages(messages))).table());

const numbers = (count: number) =>
  makeData({ type: new Int32(), length: count, nullCount: 0, data: new Int32Array(count) });
const threeLists = () =>
  makeData({
    type: new List(new Field("item", new Int32(), true)),
    length: 3,
    nullCount: 0,
    valueOffsets: new Int32Array([0, 2, 3, 4]),
    child: numbers(4),
  });
const threeTexts = () =>
  makeData({
    type: new Utf8(),
    length: 3,
    nullCount: 0,
    valueOffsets: new Int32Array([0, 2, 3, 4]),
    data: Buffer.from("abcd"),
  });

test.each([
  ["lists that end outside their values", threeLists, [0, 0, 0, 2 ** 31 - 1]],
  ["lists that overlap", threeLists, [0, 4, 0, 4]],
  ["lists that begin before their values", threeLists, [-4, 0, 3, 4]],
  ["texts that end outside their bytes", threeTexts, [0, 2, 3, 400]],
  ["texts that overlap", threeTexts, [0, 4, 0, 4]],
] as const)("refuses %s", async (_, column, offsets) => {
  await expect(readMessages(oneColumn(column()))).resolves.toBeDefined();
  const changed = oneColumn(column(), (body) => new Int32Array(body.buffer, 0, 4).set(offsets));
  await expect(readMessages(changed)).rejects.toThrow("Invalid Arrow table: in a column, its offsets");
});

test("refuses lists of a fixed size with too few values, and columns with too few bytes", async () => {
  const lists = makeData({
    type: new FixedSizeList(2 ** 30, new Field("item", new Int32(), true)),
    length: 1,
    nullCount: 0,
    child: numbers(4),
  });
  await expect(readMessages(oneColumn(lists))).rejects.toThrow("its lists have too few values");
  const short = makeData({ type: new Int32(), length: 40, nullCount: 0, data: new Int32Array(4) });
  await expect(readMessages(oneColumn(short))).rejects.toThrow("it has too few values");
});

/** Replaces each number of 64 bits in a header. */
function replaced({ header, body }: IpcMessage, from: bigint, to: readonly bigint[]): IpcMessage {
  const own = Uint8Array.from(header);
  const view = new DataView(own.buffer);
  let found = 0;
  for (let at = 0; at + 8 <= own.length; at += 4) {
    if (view.getBigInt64(at, true) === from) view.setBigInt64(at, to[found++] ?? from, true);
  }
  expect(found).toBe(to.length);
  return { header: own, body };
}

test("refuses rows for which there are no bytes, and more rows and messages than a table may have", async () => {
  const [schema, batch] = oneColumn(numbers(291)) as [IpcMessage, IpcMessage];
  for (const lengths of [
    [10_000_000n, 9_999_999n],
    [9_999_999n, 10_000_000n],
    [9_000n, 9_001n],
  ]) {
    await expect(readMessages([schema, replaced(batch, 291n, lengths)])).rejects.toThrow(
      /values than bytes|length than/,
    );
  }
  const none = { type: new Null(), length: 291, nullCount: 291 };
  const [nullSchema, nulls] = oneColumn(makeData(none)) as [IpcMessage, IpcMessage];
  const many = replaced(nulls, 291n, [6_000_000n, 6_000_000n, 0n].slice(0, 3));
  await expect(readMessages([nullSchema, many, many])).rejects.toThrow("10000000 rows");
  const [emptySchema, empty] = oneColumn(numbers(1)) as [IpcMessage, IpcMessage];
  await expect(readMessages([emptySchema, ...new Array(10_001).fill(empty)])).rejects.toThrow("10000 batches");
});

test("reads one dictionary for a column, and refuses more", async () => {
  const words = vectorFromArray(["a".repeat(1_000), "b"], new Dictionary(new Utf8(), new Int32(), 7));
  const messages = oneColumn(words.data[0] as Data);
  const [schema, dictionary, batch] = messages as [IpcMessage, IpcMessage, IpcMessage];
  await expect(readMessages(messages)).resolves.toBeDefined();
  await expect(readMessages([schema, dictionary, dictionary, batch])).rejects.toThrow("one dictionary");
  // Arrow's writer sends each further part of a dictionary as an addition.
  const inParts = vectorFromArray(["a"], new Utf8()).concat(vectorFromArray(["b"], new Utf8()));
  const indices = new Int32Array([0, 1]);
  const added = makeData({ type: words.type, length: 2, nullCount: 0, data: indices, dictionary: inParts });
  expect(oneColumn(added)).toHaveLength(4);
  await expect(readMessages(oneColumn(added))).rejects.toThrow("one dictionary");
});

test("reads each word of a dictionary once, however many rows name it", async () => {
  const data = Buffer.alloc(1_000, 7);
  const word = makeData({
    type: new Binary(),
    length: 1,
    nullCount: 0,
    valueOffsets: new Int32Array([0, 1_000]),
    data,
  });
  const type = new Dictionary(new Binary(), new Int32(), 8);
  const dictionary = new Vector([word]);
  const rows = makeData({ type, length: 2, nullCount: 0, data: new Int32Array(2), dictionary });
  const { batches } = await readMessages(oneColumn(rows));
  const { x = [] } = readCells(batches[0] as RecordBatch);
  expect(x[0]).toEqual(new Uint8Array(data));
  expect(x[1]).toBe(x[0]);
});

test("refuses messages whose parts are named again and again", () => {
  // A schema whose fields have each other as children would be read exponentially often.
  const header = Buffer.alloc(64, 4);
  expect(() => checkMessage(header, 0, [])).toThrow(DomainError);
});
