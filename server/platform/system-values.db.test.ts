import { expect, test } from "vitest";
import { z } from "zod";
import { rolledBack } from "#db/testing.ts";
import { getOrCreateSystemValue, readSystemValue, writeSystemValue } from "./system-values.ts";

test("creates a value once and returns it from then on", () =>
  rolledBack(async (db) => {
    expect(await readSystemValue(db, "test-key", z.string())).toBeUndefined();
    expect(await getOrCreateSystemValue(db, "test-key", z.string(), () => "first")).toBe("first");
    expect(await getOrCreateSystemValue(db, "test-key", z.string(), () => "second")).toBe("first");
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
