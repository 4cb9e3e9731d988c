import { notFound } from "next/navigation";
import { found } from "#app/_lib/found.ts";
import type { Context } from "#server/base/context.ts";
import { log } from "#server/base/log.ts";
import { budgetHistory } from "#server/respond/budget-spending/budget-history.ts";
import { listBudgetConsumers } from "#server/respond/budget-spending/list-budget-consumers.ts";
import { GetSlo } from "#server/watch/slo/objectives/contract.ts";
import { getSlo, listSloRevisions } from "#server/watch/slo/objectives/queries.ts";

/** Reads the data of an SLO's page, which reports a part that failed and shows the rest. */
export async function readSloPage(ctx: Context, slo: string) {
  const key = GetSlo.safeParse({ slo });
  if (!key.success) notFound();
  const shown = await found(getSlo(ctx, key.data));
  const [history, budgetConsumers, { revisions }] = await Promise.all([
    orUndefined(budgetHistory(ctx, key.data)),
    orUndefined(listBudgetConsumers(ctx, key.data)),
    listSloRevisions(ctx, key.data),
  ]);
  return { slo: shown, history, budgetConsumers, revisions };
}

async function orUndefined<Result>(work: Promise<Result>): Promise<Result | undefined> {
  try {
    return await work;
  } catch (cause) {
    log.error("page.part-failed", { cause });
    return undefined;
  }
}
