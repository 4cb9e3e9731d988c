"use server";

import { revalidatePath } from "next/cache";
import { act } from "#app/_lib/action.ts";
import { archiveKpi } from "#server/report/kpis/archive-kpi.ts";
import { type ArchiveKpi, type CreateKpi, KpiDefinition } from "#server/report/kpis/contract.ts";
import { createKpi } from "#server/report/kpis/create-kpi.ts";
import { updateKpi } from "#server/report/kpis/update-kpi.ts";
import type { SetDigest } from "#server/report/reports/digest/contract.ts";
import { setDigest } from "#server/report/reports/digest/set-digest.ts";
import type { TickReview, UntickReview } from "#server/report/reports/reviews/contract.ts";
import { tickReview } from "#server/report/reports/reviews/tick-review.ts";
import { untickReview } from "#server/report/reports/reviews/untick-review.ts";

const refresh = () => revalidatePath("/overview", "layout");

export async function setDigestAction(input: SetDigest) {
  const state = await act((ctx) => setDigest(ctx, input));
  refresh();
  return state;
}

export async function tickAction(input: TickReview) {
  const state = await act((ctx) => tickReview(ctx, input));
  refresh();
  return state;
}

export async function untickAction(input: UntickReview) {
  const state = await act((ctx) => untickReview(ctx, input));
  refresh();
  return state;
}

export async function saveKpiAction(input: CreateKpi & { isNew: boolean }) {
  const state = await act(async (ctx) => {
    const { isNew, name, definition } = input;
    if (isNew) await createKpi(ctx, { name, definition });
    else await updateKpi(ctx, { kpi: name, definition: KpiDefinition.parse(definition ?? {}) });
  });
  refresh();
  return state;
}

export async function archiveKpiAction(input: ArchiveKpi) {
  const state = await act((ctx) => archiveKpi(ctx, input));
  refresh();
  return state;
}
