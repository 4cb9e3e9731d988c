import { DomainError } from "#server/base/errors.ts";
import { log } from "#server/base/log.ts";
import type { Signature } from "#server/develop/registry/onnx/contract.ts";
import type { Breaker } from "./breaker.ts";
import { differences } from "./compare-tensors.ts";
import { describeTensors, type EngineServer, requireReady } from "./describe-engine.ts";
import type { EngineClient } from "./engine-client.ts";

/** Interval between readiness checks of an engine, and which of these also compare its model with the version. */
export interface Pace {
  checkMs: number;
  comparesEvery: number;
}

export const usualPace: Pace = { checkMs: 5000, comparesEvery: 6 };

/** A version's model on an engine. */
export interface WatchedModel {
  /** For messages: "digits version 3 on triton". */
  name: string;
  /** Below "/v2". */
  path: string;
  signature: Signature;
  server: EngineServer;
}

/**
 * Lists the reasons why an engine's model cannot serve a version, in sentences; none when it fits.
 * @throws DomainError "unavailable" when the engine does not respond
 */
export async function misfits(client: EngineClient, { path, signature, server }: WatchedModel): Promise<string[]> {
  const found = differences(signature, await describeTensors(client, path));
  const half = [...signature.inputs, ...signature.outputs].find(({ datatype }) => datatype === "FP16");
  if (half && !server.isBinary)
    found.push(`'${half.name}' is FP16, which ${server.name} takes as JSON only, and JSON has none.`);
  return found;
}

/**
 * Checks repeatedly whether an engine is ready, and every half minute whether its model is still the deployed one: someone may
 * replace it there while all goes well. After a failure it is compared at each check. One request at a time.
 * @returns stops it
 */
export function watchEngine(
  breaker: Breaker,
  client: EngineClient,
  model: WatchedModel,
  { checkMs, comparesEvery }: Pace,
): () => void {
  let checksLeft = comparesEvery;
  let isRequesting = false;

  async function check(): Promise<void> {
    await requireReady(client, model.path);
    const isClosed = breaker.circuit.state === "closed";
    checksLeft -= 1;
    if (!isClosed || checksLeft <= 0) {
      const found = await misfits(client, model).catch((cause: unknown) => logNotCompared(cause, isClosed));
      if (found) checksLeft = comparesEvery;
      if (found && found.length > 0) return breaker.noteUnfit(describeUnfit(model.name, found));
    }
    breaker.noteHealthy();
  }

  /** Logs a failed comparison. A model that responds is not cut off because its metadata do not; it is compared at the next check. */
  function logNotCompared(cause: unknown, isClosed: boolean): undefined {
    if (!isClosed || !(cause instanceof DomainError)) throw cause;
    log.warn("engine.not_compared", { model: model.name, reason: cause.message });
  }

  async function poll(): Promise<void> {
    if (isRequesting) return;
    isRequesting = true;
    try {
      await check();
    } catch (cause) {
      if (cause instanceof DomainError) {
        breaker.noteUnhealthy(`The health check of ${model.server.name} failed: ${cause.message}.`);
      } else log.error("engine.not_watched", { model: model.name, cause });
    } finally {
      isRequesting = false;
    }
  }

  const timer = setInterval(() => void poll(), checkMs).unref();
  return () => clearInterval(timer);
}

function describeUnfit(name: string, found: readonly string[]): string {
  return `The signature of the model on ${name} no longer matches the version. ${found.join(" ")}`;
}
