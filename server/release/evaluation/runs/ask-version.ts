import { setTimeout as pause } from "node:timers/promises";
import { DomainError } from "#server/base/errors.ts";
import { type ModelRunResult, type NoResponse, predict, type Question } from "#server/serve/model-runs/predict.ts";
import type { LeasedVersion } from "#server/serve/runner/leased-version.ts";

/** Seconds for which a busy runner is asked again, and the longest pause between two attempts. */
const maxBusySeconds = 120;
const maxPauseSeconds = 10;
/** Attempts at what cannot be divided, after which it is the version that hangs or crashes. */
const maxAttempts = 3;

/**
 * Asks a version, again and again while the runner is busy: that says nothing about the version.
 * @throws DomainError "unavailable" when it is busy for two minutes
 */
export async function askVersion(lease: LeasedVersion, question: Question): Promise<ModelRunResult | NoResponse> {
  const startedAt = performance.now();
  for (let seconds = 0.1; ; seconds = Math.min(maxPauseSeconds, seconds * 2)) {
    const found = await predict(lease, question);
    if ("tensors" in found || found.lostBy !== "busy") return found;
    if (performance.now() - startedAt > maxBusySeconds * 1000) throw new DomainError("unavailable", found.problem);
    // A process that stops unloads its models, and does not wait for this.
    await pause(1000 * Math.min(maxPauseSeconds, found.retryAfterSeconds ?? seconds), undefined, { ref: false });
  }
}

/**
 * Asks a version what cannot be divided, up to three times if it is not answered in time or what runs it is lost, as on a machine with too much work.
 * No row counts as rejected for that.
 * @throws DomainError "conflict" after the last attempt; as askVersion
 */
export async function insistOnAnswer(lease: LeasedVersion, question: Question): Promise<ModelRunResult | NoResponse> {
  for (let attempt = 1; ; attempt += 1) {
    const found = await askVersion(lease, question);
    if ("tensors" in found || !found.lostBy) return found;
    if (attempt >= maxAttempts) throw lostTooOften(maxAttempts, found.problem);
  }
}

/** Says that a version was lost so often that it is not run any more. */
export function lostTooOften(times: number, problem: string): DomainError {
  return new DomainError("conflict", `The version timed out or crashed ${times} times. ${problem}`);
}
