import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, expect, test } from "vitest";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { OfflineEngine } from "../offline/engine/offline-engine.ts";
import { stageColumns } from "./stage-columns.ts";

const folder = await mkdtemp(join(tmpdir(), "leeway-columns-"));
afterAll(() => rm(folder, { recursive: true, force: true }));
const artifacts = await openLocalStore(join(folder, "artifacts"));

test("copies the Bloom filters that a comparison of a key with a constant reads", async () => {
  const engine = await OfflineEngine.open({ folder });
  try {
    const path = join(folder, "filters.parquet");
    // Filters stand between the row groups and the footer, of all columns that have a dictionary.
    const values = Array.from({ length: 16 }, (_, n) => `(range * ${n + 7}) % 9001 AS "f:${n}"`);
    await engine.run(
      `COPY (SELECT range % 6000 * 2 AS "k:driver_id", ${values.join(", ")} FROM range(200000)) TO '${path}'
        (FORMAT parquet, ROW_GROUP_SIZE 122880)`,
    );
    const bytes = await readFile(path);
    const artifactKey = `workspace/${createHash("sha256").update(bytes).digest("hex")}`;
    await artifacts.put(artifactKey, Readable.from([bytes]));
    const staged = join(folder, "filters-some.parquet");
    await stageColumns(engine, artifacts, { artifactKey, sizeBytes: bytes.length }, staged, ["k:driver_id"]);
    const count = (from: string, key: number) =>
      engine.rows(`SELECT count(*) FROM read_parquet('${from}') WHERE "k:driver_id" = ${key}`);
    for (const key of [4, 5]) expect(await count(staged, key)).toEqual(await count(path, key));
  } finally {
    engine.close();
  }
});

test("copies the columns that are asked for, and leaves holes for the others", async () => {
  const engine = await OfflineEngine.open({ folder });
  try {
    const path = join(folder, "all.parquet");
    // Three row groups; a column that does not compress, and texts in dictionaries.
    await engine.run(
      `COPY (SELECT range // 100 AS "k:driver_id", 'place ' || (range % 7) AS "k:place", random() AS "f:rate", range AS event
        FROM range(300000)) TO '${path}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)`,
    );
    const bytes = await readFile(path);
    const artifactKey = `workspace/${createHash("sha256").update(bytes).digest("hex")}`;
    await artifacts.put(artifactKey, Readable.from([bytes]));
    const staged = join(folder, "some.parquet");
    const file = { artifactKey, sizeBytes: bytes.length };
    const copied = await stageColumns(engine, artifacts, file, staged, ["k:driver_id", "k:place"]);
    expect(copied).toBeLessThan(bytes.length / 4);
    expect((await stat(staged)).size).toBe(bytes.length);
    const read = (from: string) =>
      engine.rows(`SELECT count(*), sum("k:driver_id"), max("k:place"), min("k:place") FROM read_parquet('${from}')`);
    expect(await read(staged)).toEqual(await read(path));
    await expect(engine.rows(`SELECT sum("f:rate") FROM read_parquet('${staged}')`)).rejects.toThrow();
  } finally {
    engine.close();
  }
});
