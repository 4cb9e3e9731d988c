import { once } from "node:events";
import { buffer } from "node:stream/consumers";
import { expect, test } from "vitest";
import { newArchive } from "./archive.ts";

async function* endless(stopped: () => void): AsyncGenerator<Uint8Array> {
  try {
    for (;;) yield Buffer.alloc(2 ** 16);
  } finally {
    stopped();
  }
}

test("fails to add and closes the content once the reader is gone", async () => {
  const archive = newArchive();
  const { promise: stopped, resolve } = Promise.withResolvers<void>();
  const added = archive.add("a", endless(resolve), false);
  await once(archive.output, "readable");
  archive.output.destroy();
  await expect(added).rejects.toThrow("The archive is no longer read.");
  await stopped;
  await expect(archive.add("b", endless(resolve), false)).rejects.toThrow("The archive is no longer read");
});

test("creates identical archives of identical files without times, and no zip64 for small ones", async () => {
  async function* text() {
    yield "x".repeat(1000);
  }
  const made = async () => {
    const archive = newArchive({ isTimeless: true });
    await archive.add("a", text(), false, 1000);
    archive.end();
    return buffer(archive.output);
  };
  const [first, second] = [await made(), await made()];
  expect(first.equals(second)).toBe(true);
  // Version that a reader needs, in the central directory: 4.5 would be zip64.
  expect(first.readUInt16LE(first.indexOf("PK\u0001\u0002") + 6)).toBe(20);
});

test("aborts the archive if content differs from its declared size", async () => {
  async function* text() {
    yield "short";
  }
  const archive = newArchive();
  const read = buffer(archive.output);
  await archive.add("a", text(), false, 100);
  await expect(read).rejects.toThrow("unexpected number of bytes");
});
