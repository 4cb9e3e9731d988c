import { log } from "#server/base/log.ts";
import type { DemoTarget } from "../client.ts";
import { ensureEvaluationGate } from "../promotion.ts";
import type { Sample } from "../recording.ts";
import { labelArchive, labelAudit, startSessions } from "./annotate.ts";
import { archiveOf, digitFinder } from "./archive.ts";
import { ensureEvaluations, ensureRobustness } from "./evaluate-digits.ts";
import { ensureArchive, ensureLabelProject, reviewArchive, startLabelRun } from "./label-project.ts";

/**
 * Has two people label digits of an archive and requests to the digits endpoint, and evaluates the versions of the model on digits that none of
 * them learned from. Another start continues. What is refused, perhaps since someone changed it, is logged and left out.
 */
export async function labelAndEvaluate(
  target: DemoTarget,
  samples: readonly Sample[],
  signal: AbortSignal,
): Promise<void> {
  const orWarn = (work: Promise<void>) =>
    work.catch((error: unknown) => {
      if (!signal.aborted) log.warn("demo.not-labelled", { reason: String(error) });
    });
  await Promise.all([orWarn(label(target, samples, signal)), orWarn(evaluate(target, samples))]);
}

async function label(target: DemoTarget, samples: readonly Sample[], signal: AbortSignal): Promise<void> {
  const projectId = await ensureLabelProject(target);
  if (projectId === undefined) return;
  const archive = archiveOf(samples);
  await ensureArchive(target, projectId, archive);
  const sessions = await startSessions(target, { projectId, digitOf: digitFinder(samples) });
  await Promise.all(sessions.map((session) => labelArchive(session, signal)));
  await reviewArchive(target, projectId, archive);
  await startLabelRun(target, projectId);
  await Promise.all(sessions.map((session) => labelAudit(target, session, signal)));
  await startLabelRun(target, projectId);
}

async function evaluate(target: DemoTarget, samples: readonly Sample[]): Promise<void> {
  const set = await ensureEvaluations(target, samples);
  await ensureEvaluationGate(target, set);
  await ensureRobustness(target, set.id);
}
