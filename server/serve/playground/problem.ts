import { DomainError } from "#server/base/errors.ts";
import type { InferenceFailure } from "../pool/failure.ts";
import type { RunProblem } from "./contract.ts";

const kindOfReason = {
  deadline: "timeout",
  worker: "crashed",
  canceled: "failed",
  model: "failed",
  memory: "failed",
  features_stale: "input",
  features_missing: "input",
} as const;

/** Describes a version's failure and its remedy; the input is kept. @throws unrelated errors: a missing permission, a bug */
export function problemOf(error: unknown): RunProblem {
  if (!(error instanceof DomainError) || error.code === "forbidden") throw error;
  const { cause, message, code } = error;
  if (isFailure(cause)) {
    const kind = kindOfReason[cause.reason];
    return { kind, message: `${message}${nextOf[kind] ?? ""}` };
  }
  if (code === "invalid" || code === "too-large") return { kind: "input", message };
  if (code === "unavailable") {
    // Busy pools say how long to wait; what does not load, does not know.
    const kind = error.retryAfterSeconds === undefined ? "not-loadable" : "busy";
    return { kind, message: `${message}${nextOf[kind] ?? ""}` };
  }
  return { kind: "not-loadable", message };
}

const nextOf: Partial<Record<RunProblem["kind"], string>> = {
  timeout: " Try a smaller input, or another provider.",
  crashed: " The version's process was restarted; other versions were not affected. Try another input or provider.",
  "not-loadable": " See the version's page for details.",
};

/** Compares by name, since Next bundles a second copy of the class. */
function isFailure(cause: unknown): cause is InferenceFailure {
  return cause instanceof Error && cause.name === "InferenceFailure";
}
