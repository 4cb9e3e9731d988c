"use server";

import { act } from "#app/_lib/action.ts";
import { archiveRunbook } from "#server/runbooks/archive-runbook.ts";
import type { ArchiveRunbook, CreateRunbook, TickStep, UpdateRunbook } from "#server/runbooks/contract.ts";
import { createRunbook } from "#server/runbooks/create-runbook.ts";
import { tickStep } from "#server/runbooks/tick-step.ts";
import { untickStep } from "#server/runbooks/untick-step.ts";
import { updateRunbook } from "#server/runbooks/update-runbook.ts";

export async function createRunbookAction({ name, body }: CreateRunbook) {
  return act(async (ctx) => {
    const { id } = await createRunbook(ctx, { name, body });
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
