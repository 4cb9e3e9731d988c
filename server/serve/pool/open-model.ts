import { dirname } from "node:path";
import {
  type ConfinedProcesses,
  type ProcessStarter,
  plainStarter,
} from "#server/base/confinement/confined-processes.ts";
import { DomainError } from "#server/base/errors.ts";
import { mebibytes } from "#server/base/format-number.ts";
import { log } from "#server/base/log.ts";
import type { Signature } from "#server/develop/registry/onnx/contract.ts";
import type {
  BatchingState,
  ExecutionProvider,
  ExecutionSettings,
  ServingProvider,
} from "../../develop/registry/execution/contract.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { unbatchableReason, whyNotProven } from "./batchable.ts";
import { InferenceFailure } from "./failure.ts";
import { ownBytes } from "./memory.ts";
import { ModelPool } from "./model-pool.ts";
import { planWorkers } from "./plan-workers.ts";
import { poolBytes } from "./pool-bytes.ts";
import { chooseProvider, probeProviders } from "./providers.ts";
import type { RunningModel } from "./running-model.ts";
import { withoutPaths } from "./runtime-message.ts";
import { syntheticInputs, syntheticInputsMustRun } from "./warm-up.ts";
import type { WorkerHandle } from "./worker-handle.ts";

/** A model version whose file is on this machine. */
export interface LocalModel {
  /** For logs and messages: "digits version 3". */
  name: string;
  path: string;
  sizeBytes: number;
  signature: Signature;
  /** Inputs of earlier requests, run before the version serves. */
  recorded?: readonly Tensor[][];
}

/** Resources of this process that one version may use. */
export interface ModelLimits {
  /** MODEL_WORKERS and MODEL_THREADS. */
  workers: number;
  threads: number;
  /** Starts the processes of isolated versions; without it, only their memory is limited. */
  confinement?: ConfinedProcesses | undefined;
}

export interface OpenedModel extends ServingProvider {
  pool: RunningModel;
  workers: number;
  /** Cores that one run takes. */
  threads: number;
  /** Memory of its workers now, also after they have moved from a process into threads. */
  readonly memoryBytes: number;
  batching: BatchingState;
  /** Recorded requests that each worker ran before it served. */
  recordedRuns: number;
}

/**
 * Loads a model on the first preferred provider that can run it, and warms every worker.
 * @throws DomainError "unavailable" with the reason when it runs on none of them, or does not fit into memory.
 */
export async function openModel(
  model: LocalModel,
  requested: readonly ExecutionProvider[],
  limits: ModelLimits,
  settings: ExecutionSettings,
): Promise<OpenedModel> {
  const report = await probeProviders(requested);
  for (;;) {
    const choice = chooseProvider(requested, report);
    // Threads are not confined.
    const isolation = limits.confinement?.isRequired ? "process" : settings.isolation;
    const plan = planWorkers({ sizeBytes: model.sizeBytes, provider: choice.provider }, limits, isolation);
    requireMemory(model.name, plan.memoryBytes);
    const warmUp = new WarmUp(model, settings);
    const bytesBefore = ownBytes();
    try {
      const pool = await ModelPool.open({
        name: model.name,
        path: model.path,
        provider: choice.provider,
        workers: plan.workers,
        threads: plan.threads,
        isolation,
        processes: await starterFor(model.path, choice.provider, limits.confinement),
        runLimitMs: settings.runLimitMs,
        maxQueued: settings.maxQueueSize,
        priorities: { levels: settings.priorityLevels, default: settings.defaultPriorityLevel },
        warmUp: (worker) => warmUp.run(worker),
      });
      const { batching, recordedRuns } = warmUp;
      const { preferredBatchSizes, maxQueueDelayMicroseconds } = settings;
      const rule = { preferredRows: preferredBatchSizes, maxDelayMs: maxQueueDelayMicroseconds / 1000 };
      if (batching.maxBatchSize > 1) pool.batchBy({ maxRows: batching.maxBatchSize, ...rule });
      const [pid] = pool.state.pids;
      const measured = {
        inOneProcess: pid === undefined ? 0 : ownBytes(pid),
        inThreads: pid === undefined ? ownBytes() - bytesBefore : 0,
      };
      const { workers, threads } = plan;
      return {
        ...choice,
        pool,
        workers,
        threads,
        batching,
        recordedRuns,
        get memoryBytes() {
          return poolBytes(pool.state.pids, plan, measured);
        },
      };
    } catch (cause) {
      const reason = withoutPaths(cause instanceof Error ? cause.message : String(cause));
      if (choice.provider === "cpu") {
        throw new DomainError("unavailable", `${model.name} could not be loaded: ${reason}`, { cause });
      }
      report[choice.provider] = `It failed to load this model: ${reason}`;
      log.warn("provider.refused_model", { model: model.name, provider: choice.provider, reason });
    }
  }
}

/** Runs requests on each worker before it serves; the first one also determines whether requests can be batched. */
class WarmUp {
  batching: BatchingState;
  recordedRuns = 0;
  private readonly model: LocalModel;
  private readonly outputs: string[];
  /** Recorded requests that have ended a worker, which none runs again. */
  private readonly harmful = new Set<readonly Tensor[]>();
  private proof: Promise<void> | undefined;

  constructor(model: LocalModel, { maxBatchSize }: ExecutionSettings) {
    this.model = model;
    this.outputs = model.signature.outputs.map((output) => output.name);
    const reason = maxBatchSize > 1 ? unbatchableReason(model.signature) : undefined;
    this.batching = reason ? { maxBatchSize: 1, reason } : { maxBatchSize };
  }

  /** Warms up a session, whose first run is slow: two runs on zeros spare the first caller that delay, and show that the model runs. */
  async run(worker: WorkerHandle): Promise<void> {
    const { name, signature } = this.model;
    try {
      for (let round = 0; round < 2; round += 1) await worker.run(syntheticInputs(signature), this.outputs);
    } catch (cause) {
      if (syntheticInputsMustRun(signature) || !worker.isAlive || isMemoryFailure(cause)) throw cause;
      // With a free dimension of 1, such as an empty sentence, a good model may fail.
      const reason = withoutPaths(cause instanceof Error ? cause.message : String(cause));
      log.warn("model.not_warmed", { model: name, reason });
    }
    await this.runRecorded(worker);
    if (this.batching.maxBatchSize === 1) return;
    this.proof ??= this.prove(worker);
    await this.proof;
  }

  /** Runs recorded requests: unlike zeros, they have real shapes and take real branches. A failure is not attributed to the model. */
  private async runRecorded(worker: WorkerHandle): Promise<void> {
    const { name, recorded = [] } = this.model;
    let runs = 0;
    for (const inputs of recorded) {
      if (this.harmful.has(inputs)) continue;
      // Copies, since a run takes the buffers and every worker needs them.
      const copies = inputs.map((tensor) => ({ ...tensor, data: tensor.data.slice() as Tensor["data"] }));
      try {
        await worker.run(copies, this.outputs);
        runs += 1;
      } catch (cause) {
        const reason = withoutPaths(cause instanceof Error ? cause.message : String(cause));
        log.warn("model.not_warmed_by_record", { model: name, reason });
        if (worker.isAlive) continue;
        this.harmful.add(inputs);
        throw cause;
      }
    }
    this.recordedRuns = runs;
  }

  private async prove(worker: WorkerHandle): Promise<void> {
    const { name, signature } = this.model;
    const { rowMixingOperator: operator } = worker;
    const mixes = operator && `With the operator '${operator}', rows of a batch influence each other.`;
    const reason =
      mixes || (await whyNotProven(signature, async (inputs) => (await worker.run(inputs, this.outputs)).tensors));
    if (!reason) return;
    this.batching = { maxBatchSize: 1, reason: withoutPaths(reason) };
    log.warn("model.not_batched", { model: name, reason: this.batching.reason });
  }
}

function starterFor(
  path: string,
  provider: ExecutionProvider,
  confinement: ConfinedProcesses | undefined,
): Promise<ProcessStarter> | ProcessStarter {
  const foreign = { folder: dirname(path), usesGpu: provider !== "cpu" };
  return confinement?.starterFor(foreign) ?? plainStarter(foreign);
}

function isMemoryFailure(cause: unknown): boolean {
  return cause instanceof InferenceFailure && cause.reason === "memory";
}

function requireMemory(name: string, neededBytes: number): void {
  const freeBytes = process.availableMemory();
  if (neededBytes <= freeBytes) return;
  throw new DomainError(
    "unavailable",
    `${name} needs about ${mebibytes(neededBytes)} of memory, but only ${mebibytes(freeBytes)} are free. Archive an endpoint or use a larger machine.`,
  );
}
