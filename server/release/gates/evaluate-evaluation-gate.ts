import { and, desc, eq } from "drizzle-orm";
import { evaluationRuns } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { problemOfGatedMetric } from "#server/develop/registry/evaluation-metrics/contract.ts";
import { gateFiles } from "#server/develop/registry/gates/gate-status.ts";
import type { VersionDetails } from "#server/develop/registry/versions/contract.ts";
import type { GateEvidence, GateResult } from "../../develop/registry/gates/contract.ts";
import { pending } from "../../develop/registry/gates/pending.ts";
import type { EvaluationGate } from "../../develop/registry/policy/contract.ts";
import { loadPair, loadSingle } from "../evaluation/comparison/load-pair.ts";
import { isMetricId } from "../evaluation/metrics/metric-catalogue.ts";
import { requestRun } from "../evaluation/runs/request-run.ts";
import { findSetByDigest } from "../evaluation/sets/set-queries.ts";
import { rowsOfSegment } from "../evaluation/sets/set-rows.ts";
import { decideEvaluationGate } from "./decide-evaluation-gate.ts";
import type { GateSubject } from "./kinds.ts";

/**
 * Evaluates a metric of a version on a frozen set, and its difference to the champion on the same rows. Starts evaluations that are missing, and waits
 * for them.
 */
export async function evaluateEvaluationGate(
  ctx: Context,
  { version: subject, baseline, artifacts }: GateSubject,
  gate: EvaluationGate,
): Promise<GateResult> {
  const version = subject.version;
  const champion = gate.margin === null ? null : (baseline?.version ?? null);
  const files = { version: gateFiles(version), champion: champion && gateFiles(champion) };
  const answer = (result: GateResult, more: Partial<GateEvidence> = {}): GateResult => ({
    ...result,
    evidence: { ...result.evidence, files, ...more },
  });
  const { metric } = gate;
  // A policy of before may have another direction, or a metric that no longer exists.
  const problem = problemOfGatedMetric(gate);
  if (problem || !isMetricId(metric)) return answer(pending(problem ?? `there is no metric "${metric}"`));
  const set = await findSetByDigest(ctx, gate.set);
  if (!set) return answer(pending(`evaluation set "${gate.set.name}" of this digest does not exist`));
  const found = [];
  for (const one of champion ? [version, champion] : [version]) found.push(await findRun(ctx, set.id, one));
  const problems = found.flatMap((one) => ("problem" in one ? [one.problem] : []));
  if (problems.length > 0) {
    const endedRuns = found.flatMap((one) => ("ended" in one && one.ended ? [one.ended] : []));
    return answer(pending(problems.join("; ")), { endedRuns });
  }
  const waitsFor = found.flatMap((one) => ("waits" in one ? [one.waits] : []));
  if (waitsFor.length > 0) return answer(pending("its evaluation is in progress"), { waitsFor });
  const first = keyOf(version);
  const pair = champion && (await loadPair(ctx, { setId: set.id, first, second: keyOf(champion) }, artifacts));
  const loaded = pair ?? (await loadSingle(ctx, { setId: set.id, version: first }, artifacts));
  const rows = rowsOfSegment(loaded.set, gate.segment);
  if (rows === undefined) return answer(pending(`the set has no segment "${gate.segment}"`));
  const other = pair ? pair.second.measured : null;
  return answer(decideEvaluationGate(gate, metric, { own: loaded.first.measured, other, set: loaded.set, rows }));
}

const keyOf = ({ modelName: name, version }: VersionDetails) => ({ name, version });

/** Finds the finished evaluation of a version as it is now, or one to wait for, which is started if there is none. */
async function findRun(
  ctx: Context,
  setId: string,
  version: VersionDetails,
): Promise<{ done: string } | { waits: string } | { problem: string; ended?: string }> {
  const runs = await ctx.db
    .select({ id: evaluationRuns.id, state: evaluationRuns.state, problem: evaluationRuns.problem })
    .from(evaluationRuns)
    .where(
      and(
        eq(evaluationRuns.workspaceId, ctx.actor.workspaceId),
        eq(evaluationRuns.setId, setId),
        eq(evaluationRuns.versionId, version.id),
        eq(evaluationRuns.kind, "evaluation"),
        eq(evaluationRuns.modelDigest, version.sha256 ?? ""),
        eq(evaluationRuns.pipelineDigest, version.pipelineDigest ?? ""),
      ),
    )
    .orderBy(desc(evaluationRuns.createdAt));
  const done = runs.find(({ state }) => state === "done");
  if (done) return { done: done.id };
  const open = runs.find(({ state }) => state === "waiting" || state === "running");
  if (open) return { waits: open.id };
  const name = `v${version.version}`;
  const [ended] = runs;
  if (ended) {
    const problem =
      ended.state === "cancelled"
        ? `the evaluation of ${name} was cancelled. Request it again`
        : `the evaluation of ${name} failed: ${ended.problem ?? "see its page"}`;
    return { problem, ended: ended.id };
  }
  try {
    const request = { setId, ...keyOf(version), provider: null };
    return { waits: await requestRun(ctx, request, { kind: "evaluation", rowsTotal: ({ rows }) => rows }) };
  } catch (cause) {
    if (!(cause instanceof DomainError) || cause.code === "unavailable") throw cause;
    return { problem: `${name} cannot be evaluated: ${cause.message}` };
  }
}
