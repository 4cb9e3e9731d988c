import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { findVersion } from "#server/develop/registry/lookups.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { versionSides } from "#server/watch/monitoring/profiles/version-sides.ts";
import { EvaluationSetDefinition, RequestRobustness, type RobustnessRun } from "../contract.ts";
import { planInputs } from "../runs/plan-inputs.ts";
import { requestRun } from "../runs/request-run.ts";
import { findReadySet } from "../sets/set-queries.ts";
import { cellFacts, fittingKinds } from "./fitting-kinds.ts";
import { loadRobustness } from "./robustness-queries.ts";

const severities = 5;

/**
 * Requests a robustness run: the version on corrupted rows of a set, in each kind and severity; a job runs it. The same request is the same run.
 * @throws as requestEvaluation; DomainError "invalid" for a set whose labels are no classes, or a corruption that does not fit
 */
export async function requestRobustness(ctx: Context, input: RequestRobustness): Promise<RobustnessRun> {
  permit(ctx, "requestRobustness");
  const { kinds: requested, rows: wanted, seed, ...request } = RequestRobustness.parse(input);
  return transact(ctx, async (ctx) => {
    const { facts, definition, dataset } = await findReadySet(ctx, request.setId);
    const { task, columns } = EvaluationSetDefinition.parse(definition);
    if (task.kind !== "classification") {
      throw new DomainError(
        "invalid",
        "Robustness is the accuracy under corruption: the set needs labels that are classes.",
      );
    }
    const sides = versionSides(await findVersion(ctx, request));
    const names = dataset.columns.map(({ name }) => name);
    const plan = planInputs(sides, names, columns, dataset.name);
    const kinds = fittingKinds(plan, cellFacts(plan, dataset.columns, columns), requested);
    if (kinds.length === 0) throw new DomainError("invalid", "No corruption fits the inputs of this version.");
    const rows = Math.min(wanted, facts.included);
    const settings = { kinds, severities, rows, seed };
    const rowsTotal = () => rows * (kinds.length * severities + 1);
    return loadRobustness(ctx, await requestRun(ctx, request, { kind: "robustness", settings, rowsTotal }));
  });
}
