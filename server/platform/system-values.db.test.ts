import { expect, test } from "vitest";
import { z } from "zod";
import { rolledBack } from "#db/testing.ts";
import { getOrCreateSystemSecret, readSystemValue, writeSystemValue } from "./system-values.ts";

const Pair = z.object({ word: z.string() });

test("creates a secret value once, stores it encrypted, and returns it from then on", () =>
  rolledBack(async (db) => {
    expect(await getOrCreateSystemSecret(db, "bundle-key", Pair, () => ({ word: "first" }))).toEqual({ word: "first" });
    expect(await getOrCreateSystemSecret(db, "bundle-key", Pair, () => ({ word: "other" }))).toEqual({ word: "first" });
    expect(await readSystemValue(db, "bundle-key", z.unknown())).toMatch(/^enc:v1:/);
  }));

test("returns a secret value that a version before encryption stored", () =>
  rolledBack(async (db) => {
    await writeSystemValue(db, "session-secret", "readable");
    await writeSystemValue(db, "bundle-key", { word: "readable" });
    expect(await getOrCreateSystemSecret(db, "session-secret", z.string(), () => "new")).toBe("readable");
    expect(await getOrCreateSystemSecret(db, "bundle-key", Pair, () => ({ word: "new" }))).toEqual({
      word: "readable",
    });
  }));

test("replaces a value that is written again", () =>
  rolledBack(async (db) => {
    await writeSystemValue(db, "test-key", { core: 1 });
    await writeSystemValue(db, "test-key", { core: 2 });
    expect(await readSystemValue(db, "test-key", z.object({ core: z.number() }))).toEqual({ core: 2 });
  }));

test("rejects a stored value of another shape", () =>
  rolledBack(async (db) => {
    await writeSystemValue(db, "test-key", 7);
    await expect(readSystemValue(db, "test-key", z.string())).rejects.toThrow();
  }));
