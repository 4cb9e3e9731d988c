import { isDeepStrictEqual } from "node:util";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findLiveEndpoint } from "#server/serve/endpoints/lookups.ts";
import type { SloDefinition } from "../../objectives/contract.ts";
import { standardRules } from "../engine/standard-rules.ts";
import { archive } from "../objectives/archive-slo.ts";
import { SloDraft } from "../objectives/contract.ts";
import { changeSlo, insertSlo } from "../objectives/save-slo.ts";
import { type BudgetState, SetBudget } from "./contract.ts";
import { findPromise, loadBudgetState } from "./load-budget-state.ts";
import { type PromiseKind, promiseName } from "./promise-names.ts";

type Endpoint = Awaited<ReturnType<typeof findLiveEndpoint>>;
type Input = Pick<SloDefinition, "target" | "period"> & {
  indicator: { kind: PromiseKind; [setting: string]: unknown };
};

/**
 * Replaces the budget of an endpoint: creates, changes or archives its SLOs of availability and latency. Their other settings, such as
 * rules and team, stay. Rollouts and deployments check all SLOs of the endpoint before they continue.
 * @throws DomainError "not-found", "conflict" if the endpoint is archived
 */
export async function setBudget(ctx: Context, input: SetBudget): Promise<BudgetState> {
  permit(ctx, "setBudget");
  const { endpointId, budget, reason } = SetBudget.parse(input);
  const period = { kind: "rolling" as const, days: budget.days };
  const { availability, latency } = budget;
  return transact(ctx, async (ctx) => {
    const endpoint = await findLiveEndpoint(ctx, endpointId);
    const before = (await loadBudgetState(ctx, endpointId)).budget;
    await promise(ctx, endpoint, {
      kind: "availability",
      input:
        availability === null
          ? null
          : { target: availability, period, indicator: { kind: "availability", endpointId } },
      reason,
    });
    await promise(ctx, endpoint, {
      kind: "latency",
      input: latency && {
        target: latency.share,
        period,
        indicator: { kind: "latency", endpointId, withinMs: latency.withinMs },
      },
      reason,
    });
    await record(ctx, "endpoint.budget-set", {
      subject: `endpoint/${endpoint.name}`,
      before,
      after: budget,
      reason: reason || undefined,
    });
    await publish(ctx, "endpoint", endpointId);
    return loadBudgetState(ctx, endpointId);
  });
}

async function promise(
  ctx: Context,
  endpoint: Endpoint,
  { kind, input, reason }: { kind: PromiseKind; input: Input | null; reason: string },
): Promise<void> {
  const known = await findPromise(ctx, endpoint, kind);
  if (known && !input) return archive(ctx, known.id, reason);
  if (!input) return;
  const name = promiseName(endpoint, kind);
  if (!known) {
    await insertSlo(ctx, { name, draft: SloDraft.parse(input), teamId: null, runbookId: null, reason });
    return;
  }
  const { rules, ...definition } = known.definition;
  const isStandard = isDeepStrictEqual(rules, standardRules(definition.period, kind));
  const draft = SloDraft.parse({
    ...definition,
    ...input,
    indicator: { ...definition.indicator, ...input.indicator },
    ...(!isStandard && { rules }),
  });
  await changeSlo(ctx, known.id, { revision: known.revision, draft, reason });
}
