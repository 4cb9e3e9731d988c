import { z } from "zod";
import type { Database } from "#db/client.ts";
import { readSystemValue, writeSystemValue } from "#server/platform/system-values.ts";
import type { DefaultPrices } from "../../../serve/prices/contract.ts";

const key = "default-prices";
const PriceFile = z.object({ core: z.number().optional(), gpu: z.number().optional(), currency: z.string() });

/** Stores the prices configured for this installation, so that every role reads the same. Called when a role that knows them starts. */
export async function keepDefaultPrices(db: Database, prices: DefaultPrices): Promise<void> {
  await writeSystemValue(db, key, prices);
}

/** Returns the prices from the installation's configuration; none before any role has started. */
export async function defaultPrices(db: Database): Promise<DefaultPrices> {
  const { core, gpu, currency } = (await readSystemValue(db, key, PriceFile)) ?? { currency: "EUR" };
  return { core, gpu, currency };
}
