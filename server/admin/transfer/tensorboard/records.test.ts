import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { maskedCrc32c } from "./crc32c.ts";
import { type RecordEnd, recordsOf } from "./records.ts";

function record(data: Buffer): Buffer {
  const head = Buffer.alloc(12);
  head.writeBigUInt64LE(BigInt(data.length));
  head.writeUInt32LE(maskedCrc32c(head.subarray(0, 8)), 8);
  const tail = Buffer.alloc(4);
  tail.writeUInt32LE(maskedCrc32c(data));
  return Buffer.concat([head, data, tail]);
}

/** Reads bytes that arrive in pieces of one size. */
async function read(bytes: Buffer, piece = 7): Promise<{ records: string[]; end: RecordEnd }> {
  const pieces = Array.from({ length: Math.ceil(bytes.length / piece) }, (_, index) =>
    bytes.subarray(index * piece, (index + 1) * piece),
  );
  const records: string[] = [];
  const reader = recordsOf(Readable.from(pieces));
  for (;;) {
    const next = await reader.next();
    if (next.done) return { records, end: next.value };
    records.push(next.value.toString());
  }
}

const two = Buffer.concat([record(Buffer.from("first")), record(Buffer.from("the second one"))]);

test("reads records regardless of chunk size", async () => {
  for (const piece of [1, 7, 1000]) {
    expect(await read(two, piece)).toEqual({ records: ["first", "the second one"], end: undefined });
  }
  expect(await read(Buffer.alloc(0))).toEqual({ records: [], end: undefined });
});

test("returns the complete records of a truncated file", async () => {
  const first = record(Buffer.from("first")).length;
  for (let length = first + 1; length < two.length; length++) {
    expect(await read(two.subarray(0, length))).toEqual({ records: ["first"], end: "cut-off" });
  }
});

test("stops before a record with a changed bit", async () => {
  for (let at = 0; at < two.length; at++) {
    const changed = Buffer.from(two);
    changed[at] = (changed[at] ?? 0) ^ 4;
    const { records, end } = await read(changed);
    expect(end).toBe("damaged");
    expect(records.length).toBe(at < record(Buffer.from("first")).length ? 0 : 1);
  }
});

test("skips a record too large for scalars", async () => {
  const length = 65 * 2 ** 20;
  const head = Buffer.alloc(12);
  head.writeBigUInt64LE(BigInt(length));
  head.writeUInt32LE(maskedCrc32c(head.subarray(0, 8)), 8);
  const bytes = Buffer.concat([head, Buffer.alloc(length + 4), two]);
  expect(await read(bytes, 2 ** 20)).toEqual({ records: ["first", "the second one"], end: undefined });
});
