"use server";

import { act } from "#app/_lib/action.ts";
import { archiveRunbook } from "#server/respond/incidents/runbooks/archive-runbook.ts";
import type {
  ArchiveRunbook,
  CreateRunbook,
  TickStep,
  UpdateRunbook,
} from "#server/respond/incidents/runbooks/contract.ts";
import { createRunbook } from "#server/respond/incidents/runbooks/create-runbook.ts";
import { tickStep } from "#server/respond/incidents/runbooks/tick-step.ts";
import { untickStep } from "#server/respond/incidents/runbooks/untick-step.ts";
import { updateRunbook } from "#server/respond/incidents/runbooks/update-runbook.ts";

export async function createRunbookAction(input: CreateRunbook) {
  return act(async (ctx) => {
    const { id } = await createRunbook(ctx, input);
    return { id };
  });
}

export async function updateRunbookAction(runbookId: string, change: Omit<UpdateRunbook, "runbookId">) {
  return act(async (ctx) => {
    const { id } = await updateRunbook(ctx, { runbookId, ...change });
    return { id };
  });
}

export async function archiveRunbookAction(input: ArchiveRunbook) {
  return act((ctx) => archiveRunbook(ctx, input));
}

export async function tickAction(input: TickStep) {
  return act((ctx) => tickStep(ctx, input));
}

export async function untickAction(input: TickStep) {
  return act((ctx) => untickStep(ctx, input));
}
