import { DomainError } from "#server/base/errors.ts";
import { log } from "#server/base/log.ts";
import type { Signature } from "#server/develop/registry/onnx/contract.ts";
import type { ExecutionSettings } from "../../develop/registry/execution/contract.ts";
import { InferenceFailure } from "../pool/failure.ts";
import type { OpenedModel } from "../pool/open-model.ts";
import { syntheticInputs, syntheticInputsMustRun } from "../pool/warm-up.ts";
import type { EngineRules } from "./contract.ts";
import { describeServer, modelPath, requireReady } from "./describe-engine.ts";
import { type DeployedEngine, EngineClient } from "./engine-client.ts";
import { RemoteModel } from "./remote-model.ts";
import { misfits, type Pace, usualPace, type WatchedModel, watchEngine } from "./watch-engine.ts";

interface RemoteVersion {
  /** For logs and messages: "digits version 3". */
  name: string;
  signature: Signature;
  engine: DeployedEngine;
}

/**
 * Connects a version to its engine: checks that the engine is ready, that its model has the version's inputs and outputs, and that a
 * request of zeros succeeds. From then on checks every 5 s whether it is still ready, and every 30 s whether it is the same model.
 * @throws DomainError "unavailable" that names the problem, or the difference
 */
export async function openEngine(
  { name, signature, engine }: RemoteVersion,
  rules: EngineRules,
  settings: ExecutionSettings,
  pace: Pace = usualPace,
): Promise<OpenedModel> {
  const startedAt = performance.now();
  const client = new EngineClient(engine, rules);
  const path = modelPath(engine);
  try {
    const server = await describeServer(client);
    await requireReady(client, path);
    const model: WatchedModel = { name: `${name} on ${server.name}`, path, signature, server };
    await requireFit(client, model);
    let stopWatching = () => {};
    const remote = new RemoteModel(
      {
        ...model,
        timeoutMs: engine.timeoutMs,
        maxConcurrent: settings.maxQueueSize,
        loadMs: performance.now() - startedAt,
      },
      client,
      () => stopWatching(),
    );
    await tryOnce(remote, name, signature, engine.timeoutMs);
    stopWatching = watchEngine(remote.breaker, client, model, pace);
    const batching = { maxBatchSize: 1, reason: "The engine does its own batching." };
    const elsewhere = { workers: 0, threads: 0, memoryBytes: 0, recordedRuns: 0 };
    return { provider: `remote ${server.name}`, fallbacks: [], pool: remote, batching, ...elsewhere };
  } catch (cause) {
    await client.close();
    if (!(cause instanceof DomainError || cause instanceof InferenceFailure)) throw cause;
    const what = `The engine ${engine.url} cannot serve ${name}`;
    throw new DomainError("unavailable", `${what}: ${cause.message.replace(/\.$/, "")}.`, { cause });
  }
}

async function requireFit(client: EngineClient, model: WatchedModel): Promise<void> {
  const found = await misfits(client, model);
  if (found.length > 0) {
    throw new DomainError("unavailable", `the signature of its model does not match the version. ${found.join(" ")}`);
  }
}

/** Zeros, as local workers get them; with further free dimensions, a good model may refuse them. */
async function tryOnce(remote: RemoteModel, name: string, signature: Signature, timeoutMs: number): Promise<void> {
  const outputs = signature.outputs.map((output) => output.name);
  try {
    await remote.run({
      tensors: syntheticInputs(signature),
      outputs,
      deadlineAt: performance.now() + timeoutMs + 1000,
    });
  } catch (cause) {
    const isRefusal = cause instanceof DomainError && cause.code === "invalid";
    if (!isRefusal || syntheticInputsMustRun(signature)) throw cause;
    log.warn("engine.not_tried", { model: name, reason: cause.message });
  }
}
