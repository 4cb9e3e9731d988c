"use server";

import { act } from "#app/_lib/action.ts";
import type { SaveHandover } from "#server/respond/oncall/handover/contract.ts";
import { saveHandover } from "#server/respond/oncall/handover/save-handover.ts";

export async function saveHandoverAction(input: SaveHandover) {
  return act((ctx) => saveHandover(ctx, input));
}
