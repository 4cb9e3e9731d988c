import { eq } from "drizzle-orm";
import { z } from "zod";
import type { Database } from "#db/client.ts";
import { systemValues } from "#db/schema/index.ts";
import type { DefaultPrices } from "../../../serve/prices/contract.ts";

const key = "default-prices";
const Kept = z.object({ core: z.number().optional(), gpu: z.number().optional(), currency: z.string() });

/** Keeps what this installation is configured with, so that every role reads the same. Called when a role starts that knows it. */
export async function keepDefaultPrices(db: Database, prices: DefaultPrices): Promise<void> {
  const value = { ...prices };
  await db.insert(systemValues).values({ key, value }).onConflictDoUpdate({ target: systemValues.key, set: { value } });
}

/** What the installation is configured with; nothing before any role has started. */
export async function defaultPrices(db: Database): Promise<DefaultPrices> {
  const [row] = await db.select().from(systemValues).where(eq(systemValues.key, key));
  const { core, gpu, currency } = row ? Kept.parse(row.value) : { currency: "EUR" };
  return { core, gpu, currency };
}
