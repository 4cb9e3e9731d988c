import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { GateLine } from "#server/develop/registry/gates/contract.ts";
import { requestGateCheck } from "#server/develop/registry/gates/request-gate-check.ts";
import { mainAlias } from "#server/develop/registry/policy/contract.ts";
import { loadPolicy } from "#server/develop/registry/policy/queries.ts";
import { loadChecklists } from "#server/release/gates/queries.ts";
import { refuseDeploy } from "#server/release/gates/refuse-deploy.ts";
import type { FoundCycle } from "./lock-cycle.ts";
import type { CycleParts } from "./next-step.ts";

type Candidate = { id: string; version: number };

/** Asks for a run of the gates in the candidate's check list, as people do; of a model without gates there is nothing to run. */
export async function runCandidateGates(ctx: Context, cycle: FoundCycle, { version }: Candidate): Promise<void> {
  const { policy } = await loadPolicy(ctx, cycle.modelId);
  if (policy.gates.length === 0) return;
  await requestGateCheck(ctx, { name: cycle.model, version, alias: mainAlias(policy) });
}

/**
 * Returns how the candidate stands at its gates. Each has to have passed or be waived, also where the model's policy lets people deploy without: nobody
 * looks at the check list here. What the policy requires besides decides as for a deployment.
 */
export async function readCandidateGates(
  ctx: Context,
  cycle: FoundCycle,
  candidate: Candidate,
): Promise<Exclude<CycleParts["gates"], null>> {
  const { policy } = await loadPolicy(ctx, cycle.modelId);
  const subjects = { modelId: cycle.modelId, alias: mainAlias(policy), policy, versionIds: [candidate.id] };
  const lines = (await loadChecklists(ctx, subjects)).get(candidate.id) ?? [];
  const against = lines.filter((line) => line.standing === "failed" || isLacking(line));
  if (against.length > 0) {
    const problem = against.map(({ title, run }) => `${title}: ${run?.words ?? "no result"}.`).join(" ");
    return { state: "failed", problem };
  }
  if (lines.some(({ standing }) => standing !== "passed" && standing !== "waived")) return { state: "running" };
  return refusalOf(refuseDeploy(ctx, { name: cycle.model, version: candidate.version }));
}

/** Whether gates have to be run again, since their settings, files or the champion have changed. */
export async function areGatesStale(ctx: Context, cycle: FoundCycle, candidate: Candidate): Promise<boolean> {
  const { policy } = await loadPolicy(ctx, cycle.modelId);
  const subjects = { modelId: cycle.modelId, alias: mainAlias(policy), policy, versionIds: [candidate.id] };
  const lines = (await loadChecklists(ctx, subjects)).get(candidate.id) ?? [];
  return lines.some(({ standing }) => standing === "stale" || standing === "not-run");
}

/** Whether a gate could not be evaluated, and waits for nothing that comes by itself. */
const isLacking = ({ standing, run }: GateLine) =>
  standing === "pending" && (run?.evidence.waitsFor ?? []).length === 0;

async function refusalOf(refused: Promise<void>): Promise<Exclude<CycleParts["gates"], null>> {
  try {
    await refused;
    return { state: "passed" };
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== "conflict") throw error;
    return { state: "failed", problem: error.message };
  }
}
