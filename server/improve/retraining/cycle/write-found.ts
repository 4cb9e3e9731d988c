import type { Context } from "#server/base/context.ts";
import { minuteMs } from "#server/base/durations.ts";
import { DomainError } from "#server/base/errors.ts";
import type { ComparisonPart, DataPart } from "../contract.ts";
import { areGatesStale, runCandidateGates } from "./candidate-gates.ts";
import { findCandidate } from "./find-candidate.ts";
import { askFrozenLeakage, readFrozenLeakage } from "./frozen-leakage.ts";
import { type FoundCycle, updateCycle } from "./lock-cycle.ts";
import { madeVersion } from "./made-version.ts";

/** Gates that have to be run again are asked for once in this time: a run takes some minutes. */
const gatesMs = 15 * minuteMs;

type Found = Partial<Pick<FoundCycle, "data" | "candidateId" | "candidateVersion" | "comparison" | "gatesAt">>;

/** What candidate and champion showed on the same rows, computed before the cycle was locked, and of which evaluations. */
export interface Compared {
  of: ComparisonPart;
  outcome: Pick<ComparisonPart, "acceptance" | "problem">;
}

/**
 * Writes to a cycle what has come of its parts since the last step: the dataset version, the candidate, the comparison. The caller holds it.
 * @returns the cycle as it is then. @param now milliseconds since 1970
 */
export async function writeFound(
  ctx: Context,
  cycle: FoundCycle,
  compared: Compared | undefined,
  now: number,
): Promise<FoundCycle> {
  const change: Found = {};
  if (cycle.data && cycle.jobId === null) {
    const data = await foundData(ctx, cycle, cycle.data, now);
    if (data.version?.id !== cycle.data.version?.id || data.problem !== cycle.data.problem) change.data = data;
  }
  if (cycle.candidateId === null) {
    const candidate = await findCandidate(ctx, cycle);
    if (candidate) Object.assign(change, { candidateId: candidate.id, candidateVersion: candidate.version });
  }
  if (compared && isStillOf(compared, cycle.comparison)) change.comparison = { ...compared.of, ...compared.outcome };
  if (await mustRunGatesAgain(ctx, cycle, now)) change.gatesAt = new Date(now);
  if (Object.keys(change).length > 0) await updateCycle(ctx, cycle.id, change);
  return { ...cycle, ...change };
}

/** Whether the comparison still waits for what was computed from its evaluations. */
function isStillOf({ of }: Compared, comparison: ComparisonPart | null): boolean {
  if (!comparison || comparison.acceptance || comparison.problem !== null) return false;
  return comparison.frozen.candidateRunId === of.frozen.candidateRunId;
}

async function foundData(ctx: Context, cycle: FoundCycle, data: DataPart, now: number): Promise<DataPart> {
  try {
    const found = await madeVersion(ctx, cycle, data, now);
    if (!found.version || found.problem !== null) return found;
    const leakage = await readFrozenLeakage(ctx, cycle, found.version);
    if (leakage.state === "unasked") await askFrozenLeakage(ctx, leakage.question);
    return found;
  } catch (error) {
    if (!(error instanceof DomainError) || error.code === "unavailable") throw error;
    return { ...data, problem: error.message };
  }
}

/** Asks for gates again whose evidence is of other settings, files or another champion, or that nobody has run. */
async function mustRunGatesAgain(ctx: Context, cycle: FoundCycle, now: number): Promise<boolean> {
  const { gatesAt, candidateId, candidateVersion, rolloutId } = cycle;
  if (!gatesAt || candidateId === null || candidateVersion === null || rolloutId !== null) return false;
  if (now - gatesAt.getTime() < gatesMs) return false;
  const candidate = { id: candidateId, version: candidateVersion };
  if (!(await areGatesStale(ctx, cycle, candidate))) return false;
  await runCandidateGates(ctx, cycle, candidate);
  return true;
}
