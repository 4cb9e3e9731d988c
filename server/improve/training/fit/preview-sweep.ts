import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { readBook } from "#server/watch/cost/prices/read-book.ts";
import { JobSpec } from "../contract.ts";
import { loadEngines } from "../engines/queries.ts";
import { readEarlierJobs } from "../jobs/read-earlier-costs.ts";
import { StartSweep } from "../sweeps/contract.ts";
import { rungSteps } from "../sweeps/halving.ts";
import { requireTaken, setsOf } from "../sweeps/start-sweep.ts";
import { findTemplate } from "../templates/queries.ts";
import { withParameters } from "../templates/with-parameters.ts";
import type { SweepPreview } from "./contract.ts";
import { engineFit } from "./engine-fit.ts";
import { costOf } from "./preview-job.ts";
import { jobsAtOnce, sweepHours } from "./sweep-hours.ts";

/**
 * Says what a sweep would take if it was started: trials, hours and money, and which engines can run it.
 * @throws DomainError as startSweep does for what it would not take
 */
export async function previewSweep(ctx: Context, input: StartSweep, now = Date.now()): Promise<SweepPreview> {
  permit(ctx, "startSweep");
  const values = StartSweep.parse(input);
  const { sets, first } = setsOf(values);
  const template = values.template === undefined ? undefined : await findTemplate(ctx, values.template);
  if (template) requireTaken(template.spec, sets);
  const spec = template ? JobSpec.parse(withParameters(template.spec, first)) : values.spec;
  if (!spec) throw new DomainError("invalid", "Enter a template or a specification.", { field: "spec" });
  const book = await readBook(ctx);
  const earlier = template ? await readEarlierJobs(ctx, template.id, book) : [];
  const engines = await loadEngines(ctx);
  const engine = engines.find(({ name }) => name === values.engine);
  const trials = sets.length;
  const parallel = Math.min(trials, values.sweep.maxParallel, engine ? jobsAtOnce(engine, spec.resources) : trials);
  const { halving } = values.sweep;
  return {
    trials,
    spec,
    parallel,
    engines: engines.map((each) => engineFit(each, spec)),
    hours: sweepHours({ trials, parallel, limit: spec.limits.hours, earlier: earlier.map(({ hours }) => hours) }),
    rungs: halving ? rungSteps(halving) : [],
    ...(await costOf(ctx, { spec, book, earlier: earlier.flatMap(({ cost }) => cost ?? []), jobs: trials, now })),
  };
}
