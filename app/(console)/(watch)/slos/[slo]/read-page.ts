import { notFound } from "next/navigation";
import { found } from "#app/_lib/found.ts";
import type { Context } from "#server/base/context.ts";
import { log } from "#server/base/log.ts";
import { budgetHistory } from "#server/respond/budget-spending/budget-history.ts";
import { budgetSpenders } from "#server/respond/budget-spending/budget-spenders.ts";
import { GetSlo } from "#server/watch/slo/objectives/contract.ts";
import { getSlo, listSloRevisions } from "#server/watch/slo/objectives/queries.ts";

/** What the page of an SLO shows; of a part that failed the page says so, and shows the rest. */
export async function readSloPage(ctx: Context, slo: string) {
  const key = GetSlo.safeParse({ slo });
  if (!key.success) notFound();
  const shown = await found(getSlo(ctx, key.data));
  const [history, spenders, { revisions }] = await Promise.all([
    orUndefined(budgetHistory(ctx, key.data)),
    orUndefined(budgetSpenders(ctx, key.data)),
    listSloRevisions(ctx, key.data),
  ]);
  return { slo: shown, history, spenders, revisions };
}

async function orUndefined<Result>(work: Promise<Result>): Promise<Result | undefined> {
  try {
    return await work;
  } catch (cause) {
    log.error("page.part-failed", { cause });
    return undefined;
  }
}
