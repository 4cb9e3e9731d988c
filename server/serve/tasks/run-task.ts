import { randomUUID } from "node:crypto";
import type { Context } from "#server/base/context.ts";
import { log } from "#server/base/log.ts";
import { backgroundPriority } from "../pool/waiting-request.ts";
import type { Outcome } from "../router/attempt-parts.ts";
import type { GatewayCore } from "../router/gateway-core.ts";
import { readBody, writeResponse } from "../router/infer-bodies.ts";
import type { RunningRequest } from "../router/running-request.ts";
import type { FailedAttempt } from "./after-attempt.ts";

/** A failed attempt, as a client would have received it. */
export interface Failure extends FailedAttempt {
  reason: string;
  message: string;
}

/** Converts an error as the inference API does; undefined for unexpected errors. */
export type Explain = (error: unknown) => Failure | undefined;

export interface TaskResponse {
  body: Buffer;
  headerLength: number | null;
  servedVersion: number;
  provider: string;
}

interface Requested {
  model: string;
  /** Id that labels the request in the prediction log, unless its body has one. */
  id: string;
  version: number | null;
  body: Buffer;
  headerLength: string | null;
}

/**
 * Runs a task as if its request had just arrived, behind all requests that clients wait for: the same version, protection, cache,
 * counters and prediction log.
 * @param isGone whether the result is no longer needed
 */
export async function runTask(
  core: Pick<GatewayCore, "startRequest">,
  ctx: Context,
  { model, id, version, body, headerLength }: Requested,
  isGone: () => boolean,
  explain: Explain,
): Promise<TaskResponse | Failure> {
  let attempt: RunningRequest | undefined;
  let outcome: Outcome = { status: 200, reason: "" };
  try {
    attempt = core.startRequest(ctx, model, version?.toString(), id, undefined, "task");
    const infer = { ...readBody(attempt, body, headerLength ?? undefined), priority: backgroundPriority };
    const ran = await attempt.run(infer, isGone);
    const { body: response, jsonLength } = writeResponse(attempt, model, infer, ran);
    const { modelVersion, provider } = attempt;
    return {
      body: typeof response === "string" ? Buffer.from(response) : response,
      headerLength: jsonLength ?? null,
      provider,
      servedVersion: Number(modelVersion),
    };
  } catch (error) {
    const failure = explain(error) ?? bug(error, id);
    outcome = { status: failure.status, reason: failure.reason, error: failure.message };
    return failure;
  } finally {
    await attempt?.settle(outcome);
  }
}

function bug(cause: unknown, taskId: string): Failure {
  const trace = randomUUID();
  log.error("task.failed", { cause, taskId, trace });
  return { status: 500, reason: "bug", message: `Internal gateway error; see its log for ${trace}.` };
}
