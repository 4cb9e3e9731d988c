import { notFound } from "next/navigation";
import { cache } from "react";
import { requireContext } from "#app/_lib/context.ts";
import { found } from "#app/_lib/found.ts";
import { readGameDayName } from "#components/respond/drills/addresses.ts";
import type { GameDay } from "#server/respond/drills/contract.ts";
import { getGameDay } from "#server/respond/drills/queries.ts";

/** Reads a game day by its name in an address, once per request. One that this user may not see, and another name, lead to the not-found page. */
export const readGameDay = cache(async (name: string): Promise<GameDay> => {
  const ctx = await requireContext();
  const number = readGameDayName(decodeURIComponent(name)) ?? notFound();
  return found(getGameDay(ctx, number));
});
