"use server";

import { act } from "#app/_lib/action.ts";
import type { WriteNote } from "#server/develop/tracking/runs/contract.ts";
import { writeNote } from "#server/develop/tracking/runs/write-note.ts";

export async function writeNoteAction(change: WriteNote) {
  return act(async (ctx) => writeNote(ctx, change));
}
