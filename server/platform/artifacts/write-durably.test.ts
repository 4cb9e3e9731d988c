import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, open, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, expect, onTestFinished, test, vi } from "vitest";
import { writeDurably } from "./write-durably.ts";

const folder = await mkdtemp(join(tmpdir(), "leeway-durable-"));
afterAll(() => rm(folder, { recursive: true, force: true }));

const probe = await open(join(folder, "probe"), "wx");
/** What every file handle inherits. */
const handles = Object.getPrototypeOf(probe) as typeof probe;
await probe.close();

const sha256 = (bytes: Buffer | string) => createHash("sha256").update(bytes).digest("hex");

test("writes what arrives in small pieces by few calls, and knows its size and digest", async () => {
  const writev = vi.spyOn(handles, "writev");
  onTestFinished(() => writev.mockRestore());
  const pieces = Array.from({ length: 200 }, (_, index) => randomBytes(index % 7 === 0 ? 1 : 65_536));
  const whole = Buffer.concat(pieces);
  const path = join(folder, "pieces");
  expect(await writeDurably(Readable.from(pieces), path)).toEqual({ sizeBytes: whole.length, sha256: sha256(whole) });
  expect((await readFile(path)).equals(whole)).toBe(true);
  expect(writev.mock.calls.length).toBeLessThan(15);
});

test("writes nothing, and text by its bytes", async () => {
  const empty = { sizeBytes: 0, sha256: sha256("") };
  expect(await writeDurably(Readable.from([]), join(folder, "empty"))).toEqual(empty);
  expect(await writeDurably(Readable.from(["naïve"]), join(folder, "text"))).toEqual({
    sizeBytes: 6,
    sha256: sha256("naïve"),
  });
});

test("goes on where the disk took a part", async () => {
  const { writev } = handles;
  const short = vi.spyOn(handles, "writev").mockImplementation(function (this: typeof probe, buffers) {
    const [first] = buffers as readonly Buffer[];
    return writev.call(this, [(first as Buffer).subarray(0, 3)]);
  });
  onTestFinished(() => short.mockRestore());
  const path = join(folder, "short");
  await writeDurably(Readable.from([Buffer.from("checkpoint"), Buffer.from(" of step 5")]), path);
  expect(await readFile(path, "utf8")).toBe("checkpoint of step 5");
});

test("fails when an earlier part could not be brought to the disk, though the last sync succeeds", async () => {
  const datasync = vi.spyOn(handles, "datasync").mockRejectedValueOnce(new Error("EIO"));
  onTestFinished(() => datasync.mockRestore());
  const piece = Buffer.alloc(2 ** 20);
  const body = Readable.from(Array.from({ length: 70 }, () => piece));
  await expect(writeDurably(body, join(folder, "damaged"))).rejects.toThrow("EIO");
});

test("fails with its sender, and never over another file", async () => {
  async function* half() {
    yield Buffer.alloc(3 * 2 ** 20);
    throw new Error("gone");
  }
  await expect(writeDurably(Readable.from(half()), join(folder, "half"))).rejects.toThrow("gone");
  await expect(writeDurably(Readable.from([]), join(folder, "half"))).rejects.toThrow("EEXIST");
});
