import { and, desc, eq, inArray, isNull } from "drizzle-orm";
import { evaluationRuns, evaluationSets } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { requestEvaluation } from "#server/release/evaluation/runs/request-evaluation.ts";
import type { ComparisonPart } from "../contract.ts";
import type { FoundCycle } from "./lock-cycle.ts";

/**
 * Asks for the evaluations of candidate and champion, on the frozen set and on the newest set of fresh rows, in the transaction that notes them. A run
 * that exists is not repeated.
 * @throws DomainError as requestEvaluation
 */
export async function requestComparison(ctx: Context, cycle: FoundCycle): Promise<ComparisonPart> {
  const { frozenSet, freshSet } = cycle.plan.compare;
  const fresh = freshSet === null ? undefined : await findFreshSet(ctx, freshSet);
  return {
    frozen: await requestPair(ctx, cycle, frozenSet),
    fresh: fresh === undefined ? null : { setId: fresh, ...(await requestPair(ctx, cycle, fresh)) },
    acceptance: null,
    problem: null,
  };
}

async function requestPair(ctx: Context, cycle: FoundCycle, setId: string): Promise<ComparisonPart["frozen"]> {
  const name = cycle.model;
  const candidate = await requestEvaluation(ctx, { setId, name, version: cycle.candidateVersion ?? 0 });
  const champion = await requestEvaluation(ctx, { setId, name, version: cycle.championVersion });
  return { candidateRunId: candidate.id, championRunId: champion.id };
}

/** Finds the newest set of a name that can be evaluated on; undefined without one. */
async function findFreshSet(ctx: Context, name: string): Promise<string | undefined> {
  const [set] = await ctx.db
    .select({ id: evaluationSets.id })
    .from(evaluationSets)
    .where(
      and(
        eq(evaluationSets.workspaceId, ctx.actor.workspaceId),
        eq(evaluationSets.name, name),
        eq(evaluationSets.state, "ready"),
        isNull(evaluationSets.retiredAt),
      ),
    )
    .orderBy(desc(evaluationSets.createdAt), desc(evaluationSets.id))
    .limit(1);
  return set?.id;
}

/** Whether the rows of a set are still being read, so that it is too early to ask for evaluations. */
export async function isSetBeingRead(ctx: Context, setId: string): Promise<boolean> {
  const isReading = and(eq(evaluationSets.id, setId), inArray(evaluationSets.state, ["waiting", "running"]));
  return (
    (await ctx.db.$count(evaluationSets, and(eq(evaluationSets.workspaceId, ctx.actor.workspaceId), isReading))) > 0
  );
}

const runIdsOf = ({ frozen, fresh }: ComparisonPart): string[] => [
  frozen.candidateRunId,
  frozen.championRunId,
  ...(fresh ? [fresh.candidateRunId, fresh.championRunId] : []),
];

/** The evaluation runs of a comparison, with what says how they went. */
export async function readComparedRuns(ctx: Context, comparison: ComparisonPart) {
  const ids = [...new Set(runIdsOf(comparison))];
  const { id, setId, versionId, state, problem, leakage, createdBy } = evaluationRuns;
  const runs = await ctx.db
    .select({ id, setId, versionId, state, problem, leakage, createdBy })
    .from(evaluationRuns)
    .where(and(eq(evaluationRuns.workspaceId, ctx.actor.workspaceId), inArray(evaluationRuns.id, ids)));
  return { runs, isComplete: runs.length === ids.length };
}

export type ComparedRun = Awaited<ReturnType<typeof readComparedRuns>>["runs"][number];
