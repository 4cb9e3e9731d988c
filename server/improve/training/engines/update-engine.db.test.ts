import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { trainingEngines } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { configureLog } from "#server/base/log.ts";
import { decryptSecret } from "#server/platform/secrets/decrypt-secret.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import type { EngineSettings } from "../contract.ts";
import type { UpdateEngine } from "./contract.ts";
import { createEngine } from "./create-engine.ts";
import { updateEngine } from "./update-engine.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();
const rules = { allowsLocal: false };

const slurm = { kind: "slurm", user: "ml", workingFolder: "/w" } as const;
const kinds: [string, (address: string) => EngineSettings][] = [
  ["ray", (address) => ({ kind: "ray", address, maxJobs: 4 })],
  ["slurm", (address) => ({ ...slurm, address, partition: "", account: "", maxJobs: 4 })],
];

/** An engine with or without a secret, what changes it, and the address and secret that it has. */
async function newEngine(settings: EngineSettings, secret?: string) {
  const ctx = await newWorkspace(db);
  const { id } = await createEngine(ctx, { name: "west", settings, ...(secret !== undefined && { secret }) }, rules);
  const update = (input: Omit<UpdateEngine, "engine">) => updateEngine(ctx, { engine: "west", ...input }, rules);
  const stored = async () => {
    const [row] = await db.select().from(trainingEngines).where(eq(trainingEngines.id, id));
    const known = row?.secret ? await decryptSecret(db, "training_engines.secret", id, row.secret) : null;
    return [row && "address" in row.settings ? row.settings.address : null, known];
  };
  return { update, stored };
}

test.each(kinds)("another address of an engine %s takes its secret entered again", async (_, at) => {
  const { update, stored } = await newEngine(at("https://own.test"), "secret");
  for (const address of ["https://other.test", "http://own.test", "https://own.test:8265", "https://own.test/proxy"]) {
    await expect(update({ settings: at(address) })).rejects.toMatchObject({ code: "invalid", field: "secret" });
  }
  await expect(update({ settings: at("https://other.test") })).rejects.toThrow("Enter the token again");
  expect(await stored()).toEqual(["https://own.test", "secret"]);
  await update({ settings: at("https://other.test"), secret: "new" });
  expect(await stored()).toEqual(["https://other.test", "new"]);
  await update({ settings: at("https://third.test"), secret: null });
  expect(await stored()).toEqual(["https://third.test", null]);
  await update({ settings: at("https://fourth.test") });
  expect(await stored()).toEqual(["https://fourth.test", null]);
});

test("other settings of an engine are changed without its secret", async () => {
  const { update, stored } = await newEngine({ kind: "ray", address: "https://own.test", maxJobs: 4 }, "secret");
  const { settings } = await update({ settings: { kind: "ray", address: "https://own.test", maxJobs: 9 } });
  expect(settings.maxJobs).toBe(9);
  await update({ isEnabled: false });
  expect(await stored()).toEqual(["https://own.test", "secret"]);
});
