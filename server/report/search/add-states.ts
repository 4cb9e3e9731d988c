import { inArray } from "drizzle-orm";
import { slos } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { sideBySide } from "#server/base/side-by-side.ts";
import { withStates } from "#server/respond/endpoint-states/with-states.ts";
import { servingStates } from "#server/serve/endpoints/endpoint-queries.ts";
import { selectSlos } from "#server/watch/objectives/stored-slos.ts";
import { formatBudget, formatBurnRate } from "#server/watch/slo/engine/contract.ts";
import { conditionOf } from "#server/watch/slo/objectives/load-slo.ts";
import type { SearchHit } from "./contract.ts";
import { factsOf } from "./kinds/kind.ts";
import { endpointShapes } from "./kinds/states.ts";

type Added = Pick<SearchHit, "state" | "facts">;

/** Adds the states of endpoints and SLOs, each from the one place that decides it. @param now milliseconds since 1970 */
export async function addStates(ctx: Context, hits: readonly SearchHit[], now: number): Promise<SearchHit[]> {
  const [endpoints, objectives] = await sideBySide(ctx, [() => ofEndpoints(ctx, hits), () => ofSlos(ctx, hits, now)]);
  return hits.map((hit) => {
    const added = { endpoint: endpoints, slo: objectives }[hit.kind as "endpoint" | "slo"]?.get(hit.id);
    return added ? { ...hit, ...added, facts: [...added.facts, ...hit.facts] } : hit;
  });
}

async function ofEndpoints(ctx: Context, hits: readonly SearchHit[]): Promise<Map<string, Added>> {
  const found = hits.filter(({ kind }) => kind === "endpoint");
  if (found.length === 0) return new Map();
  const serving = await servingStates(
    ctx,
    found.map(({ id }) => id),
  );
  const shown = found.map(({ id, label }) => ({
    id,
    name: label,
    serving: serving.get(id) ?? { kind: "empty" as const, message: null },
  }));
  const states = await withStates(ctx, shown);
  return new Map(
    states.map(({ id, state: { kind, word, reason } }) => [
      id,
      { state: { shape: endpointShapes[kind], word }, facts: factsOf({ State: word, Reason: reason }) },
    ]),
  );
}

async function ofSlos(ctx: Context, hits: readonly SearchHit[], now: number): Promise<Map<string, Added>> {
  const ids = hits.flatMap(({ kind, id }) => (kind === "slo" ? [id] : []));
  if (ids.length === 0) return new Map();
  const stored = await selectSlos(ctx, inArray(slos.id, ids));
  return new Map(
    stored.map((slo) => {
      const { state: shape, word } = conditionOf(slo, now);
      const budget = slo.state?.budget ?? null;
      const remaining = budget?.remaining ?? null;
      return [
        slo.id,
        {
          state: { shape, word },
          facts: factsOf({
            "Error budget": remaining === null ? null : formatBudget({ remaining, bad: budget?.bad }),
            "Burn rate": typeof budget?.burnRate === "number" ? `${formatBurnRate(budget.burnRate)}×` : null,
            Team: slo.team?.name,
            Runbook: slo.runbook?.name,
          }),
        },
      ];
    }),
  );
}
