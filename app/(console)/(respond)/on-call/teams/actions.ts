"use server";

import { revalidatePath } from "next/cache";
import { act } from "#app/_lib/action.ts";
import { archiveTeam } from "#server/platform/teams/archive-team.ts";
import type { ArchiveTeam, CreateTeam } from "#server/platform/teams/contract.ts";
import { createTeam } from "#server/platform/teams/create-team.ts";
import { updateTeam } from "#server/platform/teams/update-team.ts";

const refresh = () => revalidatePath("/on-call", "layout");

export async function saveTeamAction(sent: CreateTeam & { teamId?: string }) {
  const state = await act(async (ctx) => {
    const { teamId, ...input } = sent;
    await (teamId ? updateTeam(ctx, { teamId, ...input }) : createTeam(ctx, input));
  });
  refresh();
  return state;
}

export async function archiveTeamAction(input: ArchiveTeam) {
  const state = await act((ctx) => archiveTeam(ctx, input));
  refresh();
  return state;
}
