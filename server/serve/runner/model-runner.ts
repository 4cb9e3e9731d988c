import type { Context } from "#server/base/context.ts";
import { minuteMs } from "#server/base/durations.ts";
import { DomainError } from "#server/base/errors.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { ExecutionProvider } from "../../develop/registry/execution/contract.ts";
import { permitAnyEndpoint } from "../endpoints/permit-endpoint.ts";
import { servedFeatures } from "../features/by-key/describe-look-up.ts";
import { openPassage } from "../pipeline/passage.ts";
import { PipelineThreads } from "../pipeline/pipeline-threads.ts";
import { InferenceFailure } from "../pool/failure.ts";
import type { ModelLimits } from "../pool/open-model.ts";
import type { GivenInput } from "../protocol/contract.ts";
import { toLogged } from "../protocol/encode-json.ts";
import { halvesAsBytes } from "../protocol/halves.ts";
import { type InferRequest, readInferRequest } from "../protocol/infer-request.ts";
import { encodeResponse } from "../protocol/infer-response.ts";
import { findRunnable } from "../versions/find-runnable.ts";
import type { ServedModel } from "../versions/served-model.ts";
import { type RunResult, RunVersion } from "./contract.ts";
import { filledInputs, fillForRun, type RunFeatures, type TypicalValues } from "./fill-for-run.ts";
import { type LeasedVersion, leasedVersion, type WantedVersion } from "./leased-version.ts";
import { RecentModels } from "./recent-models.ts";

const limitMs = minuteMs;
/** Maximum number of elements shown of a tensor made by a pipeline: a colour picture of 512 pixels a side. */
const maxSeenElements = 3 * 512 * 512;
/** Maximum size of what was looked up, as JSON. */
const maxFeatureBytes = 256 * 1024;

export interface RunnerDependencies {
  artifacts: Pick<ArtifactStore, "localPath">;
  /** Folder for copies of the model files that were run lately. */
  folder: string;
  /** Preference for requests that have none (EXECUTION_PROVIDERS). */
  providers: readonly ExecutionProvider[];
  limits: ModelLimits;
  /** Maximum number of idle versions that stay loaded; a default when it is left out. */
  maxIdle?: number;
  /** Reads typical values of features from references, which stand in for missing ones. */
  typicalValues?: TypicalValues;
}

/** Runs any version on demand, in threads of the process that created it. The playground's engine. */
export interface ModelRunner {
  /**
   * Runs a version once on the given inputs and loads it first when it was not used recently.
   * @throws DomainError "not-found", "conflict" when it cannot be served, "invalid" when the inputs do not fit, "unavailable" when it
   * does not load, fails, or takes too long
   */
  run(ctx: Context, input: RunVersion): Promise<RunResult>;
  /**
   * Returns what the steps of a version's pipeline get: the inputs, with features that are looked up by them. Other versions get the inputs as
   * they are.
   * @throws as run
   */
  complete(ctx: Context, input: { versionId: string; inputs: readonly GivenInput[] }): Promise<readonly GivenInput[]>;
  /** Leases a version to `work` for many runs; it stays loaded until that is done. @throws as run */
  leaseVersion<Result>(
    ctx: Context,
    wanted: WantedVersion,
    work: (lease: LeasedVersion) => Promise<Result>,
  ): Promise<Result>;
  /** Lets current runs finish and unloads everything. */
  close(): Promise<void>;
}

/** Makes the runner; the web role does so once, before Next starts, since bundled code cannot start threads. */
export function createModelRunner({ providers, typicalValues, ...dependencies }: RunnerDependencies): ModelRunner {
  const models = new RecentModels(dependencies);
  const pipelines = new PipelineThreads(1);
  const featuresFor = (ctx: Context): RunFeatures => ({ ctx, typicalValues });
  return {
    close: async () => {
      await models.close();
      await pipelines.close();
    },
    run: async (ctx, input) => {
      permitRuns(ctx);
      const { versionId, providers: requested, ...body } = RunVersion.parse(input);
      const model = await findRunnable(ctx, versionId);
      return models.use(model, requested.length > 0 ? requested : providers, (opened, loadMs) =>
        respond({ model, body, opened, loadMs, pipelines, features: featuresFor(ctx) }).catch(unavailable),
      );
    },
    complete: async (ctx, { versionId, inputs }) => {
      permitRuns(ctx);
      const model = await findRunnable(ctx, versionId);
      const request = readInferRequest(Buffer.from(JSON.stringify({ inputs })), Buffer.alloc(0));
      const deadlineAt = performance.now() + limitMs;
      const filled = await fillForRun(featuresFor(ctx), model, request, deadlineAt).catch(unavailable);
      return filled ? filledInputs(model, inputs, filled) : inputs;
    },
    leaseVersion: async (ctx, { versionId, providers: requested, limitMs: maxMs = limitMs }, work) => {
      permitRuns(ctx);
      const model = await findRunnable(ctx, versionId);
      const tools = { threads: pipelines, tenant: ctx.actor.workspaceId, features: featuresFor(ctx) };
      return models.use(model, requested.length > 0 ? requested : providers, (opened) =>
        work(leasedVersion(model, opened, tools, maxMs)).catch(unavailable),
      );
    },
  };
}

function permitRuns(ctx: Context): void {
  permit(ctx, "runPlayground");
  permitAnyEndpoint(ctx, "run versions without an endpoint");
}

/** Converts the pool's error for a failed run to a DomainError. */
function unavailable(cause: unknown): never {
  if (!(cause instanceof InferenceFailure)) throw cause;
  throw new DomainError("unavailable", cause.message, { cause });
}

type Opened = Parameters<Parameters<RecentModels["use"]>[2]>[0];

async function respond(run: {
  model: ServedModel;
  body: object;
  opened: Opened;
  loadMs: number | null;
  pipelines: PipelineThreads;
  features: RunFeatures;
}): Promise<RunResult> {
  const { model, opened, loadMs, features } = run;
  const startedAt = performance.now();
  const deadlineAt = startedAt + limitMs;
  const sent = readInferRequest(Buffer.from(JSON.stringify(run.body)), Buffer.alloc(0));
  const asked = { ...sent, ...halvesAsBytes(sent.inputs, sent.tail), ...allInBinary(sent) };
  const filled = await fillForRun(features, model, asked, deadlineAt);
  const way = { threads: run.pipelines, tenant: features.ctx.actor.workspaceId, deadlineAt };
  const passage = await openPassage(filled?.request ?? asked, model, way);
  const seen = passage.digest ? passage.tensors.map((tensor) => toLogged(tensor, maxSeenElements)) : [];
  const boundAt = performance.now();
  const result = await opened.pool.run({ tensors: passage.tensors, outputs: passage.modelOutputs, deadlineAt });
  const ranAt = performance.now();
  const tensors = await passage.finish(result.tensors);
  const outputs = passage.wanted.map((part, at) => ({ ...part, isBinary: tensors[at]?.datatype === "FP16" }));
  const { modelName, version } = model;
  const parameters = { provider: opened.provider };
  const { body, jsonLength } = encodeResponse({
    id: undefined,
    modelName,
    modelVersion: String(version),
    parameters,
    tensors,
    outputs,
    signature: model.signature,
  });
  return {
    labels: model.signature.labels,
    outputs: tensors.map((tensor) => toLogged(tensor, Number.POSITIVE_INFINITY)),
    seen,
    features: filled ? servedFeatures(filled, { keeps: () => true, maxBytes: maxFeatureBytes }) : null,
    response: String(body.slice(0, jsonLength)),
    provider: opened.provider,
    fallbacks: opened.fallbacks,
    timings: {
      queueMs: result.queueMs,
      preprocessMs: boundAt - startedAt + result.inputMs,
      runMs: result.runMs,
      postprocessMs: performance.now() - ranAt + result.outputMs,
    },
    loadMs,
  };
}

/** Requests all outputs as binary data, the only form of half precision; they are read here, and nothing is sent. */
function allInBinary({ outputs }: InferRequest): Pick<InferRequest, "wantsBinary" | "outputs"> {
  return { wantsBinary: true, outputs: outputs?.map((output) => ({ ...output, isBinary: true })) };
}
