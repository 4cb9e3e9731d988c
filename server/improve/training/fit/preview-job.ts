import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { readBook } from "#server/watch/cost/prices/read-book.ts";
import type { BookRow } from "../../../serve/prices/price-segments.ts";
import { JobSpec } from "../contract.ts";
import { loadEngines } from "../engines/queries.ts";
import { SubmitJob } from "../jobs/contract.ts";
import { estimateCost, hourlyRate } from "../jobs/estimate-cost.ts";
import { readEarlierCosts } from "../jobs/read-earlier-costs.ts";
import { findTemplate } from "../templates/queries.ts";
import { withParameters } from "../templates/with-parameters.ts";
import { readBudgetsLeft } from "../watch/read-budgets-left.ts";
import type { JobPreview } from "./contract.ts";
import { engineFit } from "./engine-fit.ts";

/**
 * Says what a job would take if it was submitted: which engines can run it, what it costs at most, and what that leaves of the budget.
 * @throws DomainError as submitJob does for what it would not take
 */
export async function previewJob(ctx: Context, input: SubmitJob, now = Date.now()): Promise<JobPreview> {
  permit(ctx, "submitJob");
  const values = SubmitJob.parse(input);
  const template = values.template === undefined ? undefined : await findTemplate(ctx, values.template);
  const spec = template ? JobSpec.parse(withParameters(template.spec, values.parameters)) : values.spec;
  if (!spec) throw new DomainError("invalid", "Enter a template or a command.", { field: "spec" });
  const book = await readBook(ctx);
  const earlier = template ? await readEarlierCosts(ctx, template.id, book) : [];
  return {
    engines: (await loadEngines(ctx)).map((engine) => engineFit(engine, spec)),
    ...(await costOf(ctx, { spec, book, earlier, jobs: 1, now })),
  };
}

/**
 * Says what a number of equal jobs cost, and what that leaves of the budget.
 * @param wanted.earlier costs of finished jobs of the template, newest first @param wanted.now milliseconds since 1970
 */
export async function costOf(
  ctx: Context,
  {
    spec,
    book,
    earlier,
    jobs,
    now,
  }: { spec: JobSpec; book: readonly BookRow[]; earlier: readonly number[]; jobs: number; now: number },
): Promise<Omit<JobPreview, "engines">> {
  const rate = hourlyRate(spec.resources, { book, machine: "", now });
  const { hours, cost: limit } = spec.limits;
  const ofOne = { rate: rate?.amount ?? null, hours, limit };
  const times = (cost: number | null) => cost && cost * jobs;
  const estimate = times(estimateCost({ ...ofOne, earlier }));
  const budgets = await readBudgetsLeft(ctx, now);
  return {
    estimate,
    max: times(estimateCost({ ...ofOne, earlier: [] })),
    currency: rate?.currency ?? null,
    earlierJobs: Math.min(20, earlier.length),
    budgets: budgets.map(({ amount, spent, month, format }) => ({
      amount: format(amount),
      left: format(Math.max(0, amount - spent)),
      month,
      isOver: estimate !== null && spent + estimate > amount,
    })),
  };
}
