import { notFound } from "next/navigation";
import { cache } from "react";
import { requireContext } from "#app/_lib/context.ts";
import { found } from "#app/_lib/found.ts";
import { readGameDayName } from "#components/respond/drills/addresses.ts";
import { seenBy } from "#components/respond/drills/seen-by.ts";
import type { GameDay } from "#server/respond/drills/contract.ts";
import { getGameDay } from "#server/respond/drills/queries.ts";
import { viewerOf } from "./viewer-of.ts";

/** Reads a game day by its name in an address, once per request, as this user may see it. Another name leads to the not-found page. */
export const readGameDay = cache(async (name: string): Promise<GameDay> => {
  const ctx = await requireContext();
  const number = readGameDayName(decodeURIComponent(name)) ?? notFound();
  return seenBy(await found(getGameDay(ctx, number)), viewerOf(ctx));
});
