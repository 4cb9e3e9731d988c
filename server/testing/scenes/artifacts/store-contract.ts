import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { Readable } from "node:stream";
import { buffer, text } from "node:stream/consumers";
import { expect, test } from "vitest";
import type { ArtifactStore } from "../../../platform/artifacts/store.ts";

/** What every artifact store does, as tests. @param current the store of the test that runs, empty in the folders w, one and other. */
export function storeContract(current: () => ArtifactStore): void {
  const put = (key: string, content: string | Buffer) => current().put(key, Readable.from([Buffer.from(content)]));
  const read = async (key: string, range?: { start: number; end: number }) => text(await current().open(key, range));

  // The second is longer than a part that a bucket is sent, the third ends where a part does.
  test.each([3_000_000, 20_000_001, 16 * 2 ** 20])(
    "a file of %i bytes comes back, with its size and hash",
    async (size) => {
      const content = Buffer.alloc(size, "abcdefg");
      const chunks = Array.from({ length: Math.ceil(size / 65_536) }, (_, index) =>
        content.subarray(index * 65_536, (index + 1) * 65_536),
      );
      const result = await current().put("w/1/big.bin", Readable.from(chunks));
      expect(result).toEqual({ sizeBytes: size, sha256: createHash("sha256").update(content).digest("hex") });
      expect((await buffer(await current().open("w/1/big.bin"))).equals(content)).toBe(true);
      expect(await current().stat("w/1/big.bin")).toMatchObject({ sizeBytes: size });
    },
  );

  test("an empty file is a file", async () => {
    await current().put("w/empty", Readable.from([]));
    expect(await current().stat("w/empty")).toMatchObject({ sizeBytes: 0 });
    expect(await read("w/empty")).toBe("");
    expect(await read("w/empty", { start: 0, end: 9 })).toBe("");
  });

  test("a second put replaces the file and changes the etag", async () => {
    await put("w/a", "one");
    const { etag } = await current().stat("w/a");
    await put("w/a", "two");
    expect(await read("w/a")).toBe("two");
    expect((await current().stat("w/a")).etag).not.toBe(etag);
  });

  test.each([4, 9_000_000])(
    "an upload that breaks off after %i bytes leaves the old file and nothing else",
    async (size) => {
      await put("w/a", "old");
      const broken = Readable.from(
        (async function* () {
          yield Buffer.alloc(size);
          throw new Error("gone");
        })(),
      );
      await expect(current().put("w/a", broken)).rejects.toThrow("gone");
      expect(await read("w/a")).toBe("old");
      expect(await current().list("w")).toHaveLength(1);
    },
  );

  test("a range is inclusive on both ends, and ends with the file", async () => {
    await put("w/a", "0123456789");
    expect(await read("w/a", { start: 2, end: 4 })).toBe("234");
    expect(await read("w/a", { start: 8, end: 99 })).toBe("89");
  });

  test("a listing has one level, sorted by name, sizes of files only", async () => {
    await put("w/r/b.txt", "bb");
    await put("w/r/a/deep/c.txt", "c");
    await put("w/rest/d.txt", "d");
    expect(await current().list("w/r")).toEqual([
      { name: "a", isFolder: true },
      { name: "b.txt", isFolder: false, sizeBytes: 2 },
    ]);
    expect((await current().list("w")).map(({ name }) => name)).toEqual(["r", "rest"]);
    expect(await current().list("w/none")).toEqual([]);
    expect(await current().list("w/r/b.txt")).toEqual([]);
  });

  test("names with spaces, percent signs, umlauts and other scripts are kept as they are", async () => {
    const names = ["100%25 äöü.txt", "a b+c&d=e?.txt", "日本.txt"];
    for (const name of names) await put(`w/r/${name}`, name);
    expect((await current().list("w/r")).map(({ name }) => name)).toEqual(names.toSorted());
    for (const name of names) expect(await read(`w/r/${name}`)).toBe(name);
  });

  test("a file or a whole folder is removed, not its neighbours, and removing what is not there is fine", async () => {
    await put("w/r/a", "1");
    await put("w/r/s/b", "1");
    await put("w/r/s/t/b", "1");
    await put("w/r/s2", "1");
    await current().remove("w/r/a");
    await current().remove("w/r/s");
    await current().remove("w/r/s");
    await current().remove("w/r/a/below");
    expect((await current().list("w/r")).map(({ name }) => name)).toEqual(["s2"]);
  });

  test("a folder, a missing file and a path below a file are not found", async () => {
    await put("w/r/a", "1");
    for (const key of ["w/r", "w/r/none", "w/r/a/b"]) {
      await expect(current().stat(key)).rejects.toMatchObject({ code: "not-found" });
      await expect(current().open(key)).rejects.toMatchObject({ code: "not-found" });
      await expect(current().localPath(key)).rejects.toMatchObject({ code: "not-found" });
    }
  });

  test("a file cannot take the place of a folder, nor a folder that of a file", async () => {
    await put("w/r/a", "1");
    await expect(put("w/r", "x")).rejects.toMatchObject({ code: "invalid" });
    await expect(put("w/r/a/b", "x")).rejects.toMatchObject({ code: "invalid" });
    await expect(put("w/r/a/b/c", "x")).rejects.toMatchObject({ code: "invalid" });
    expect(await read("w/r/a")).toBe("1");
  });

  test("one workspace's folder says nothing of another's", async () => {
    await put("one/r/a", "1");
    await put("other/r/b", "1");
    expect((await current().list("one/r")).map(({ name }) => name)).toEqual(["a"]);
    await current().remove("one/r");
    expect(await read("other/r/b")).toBe("1");
  });

  test("a local path has the content of the file, and of those that it needs beside it", async () => {
    await put("w/m/model.onnx", "model");
    await put("w/m/weights/a.bin", "weights");
    const path = await current().localPath("w/m/model.onnx", async () => ["weights/a.bin", "missing.bin"]);
    expect(await readFile(path, "utf8")).toBe("model");
    expect(await readFile(path.replace(/model\.onnx$/, "weights/a.bin"), "utf8")).toBe("weights");
  });

  test.each(["", "w", "w/../x", "../x", "w//x", "/w/x", "w/./x", ".incoming/x", "w/a\0"])(
    "%j is no key, whoever made it",
    async (key) => {
      await expect(put(key, "x")).rejects.toThrow("no key");
    },
  );

  test("a store that can be written passes the check", async () => {
    await current().check();
    expect(await current().list("w")).toEqual([]);
  });
}
