"use server";

import { revalidatePath } from "next/cache";
import { act } from "#app/_lib/action.ts";
import type { RequestAnalysis } from "#server/watch/monitoring/analyses/contract.ts";
import { requestAnalysis } from "#server/watch/monitoring/analyses/request-analysis.ts";

export async function requestAnalysisAction(input: RequestAnalysis) {
  const state = await act((ctx) => requestAnalysis(ctx, input));
  revalidatePath("/datasets/compare");
  return state;
}
