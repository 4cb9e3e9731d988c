import type { Context } from "#server/base/context.ts";
import { featuresPartOf } from "#server/develop/registry/pipeline/definition.ts";
import { featuresFromStore } from "../features/by-key/features-from-store.ts";
import { type FilledRequest, fillRequest } from "../features/by-key/fill-request.ts";
import { LookUpMemory } from "../features/by-key/look-up-memory.ts";
import { goesThrough } from "../pipeline/bind-pipeline.ts";
import { servedPlan } from "../pipeline/served-plan.ts";
import type { GivenInput } from "../protocol/contract.ts";
import type { InferRequest } from "../protocol/infer-request.ts";
import type { ServedModel } from "../versions/served-model.ts";

/** Returns typical values of a version's features, by name, from its reference. */
export type TypicalValues = (ctx: Context, versionId: string) => Promise<ReadonlyMap<string, number | string>>;

/** What a run needs to look up features. */
export interface RunFeatures {
  ctx: Context;
  /** Without it, only defaults are imputed. */
  typicalValues: TypicalValues | undefined;
}

/**
 * Looks up the features that a version's pipeline needs besides a request. The request may bring all of them, as a logged one does.
 * @returns undefined if the version looks up none for it
 * @throws as fillRequest(); DomainError "forbidden" for who may not look up features, since runs show them; what the version's policy refuses
 */
export async function fillForRun(
  { ctx, typicalValues }: RunFeatures,
  model: Pick<ServedModel, "versionId" | "signature" | "pipeline">,
  request: InferRequest,
  deadlineAt: number,
): Promise<FilledRequest | undefined> {
  const { pipeline, signature, versionId } = model;
  const part = pipeline && featuresPartOf(pipeline.definition);
  if (!part) return undefined;
  const plan = servedPlan(pipeline, signature);
  if (!goesThrough(request, plan, signature)) return undefined;
  const imputes = Object.values(part.policy).includes("impute");
  const typical = imputes ? await typicalValues?.(ctx, versionId) : undefined;
  const filled = await fillRequest(request, part, {
    plan,
    deadlineAt,
    features: featuresFromStore(ctx),
    memory: new LookUpMemory(),
    workspaceId: ctx.actor.workspaceId,
    // No client waits for it.
    endpointId: undefined,
    typical: (column) => typical?.get(column),
    mayBring: true,
  });
  if (filled.refusal) throw filled.refusal;
  return filled;
}

/**
 * Returns what the steps of a version's pipeline get: given inputs with the features that were looked up, without those that were only for
 * the look-up.
 */
export function filledInputs(
  { pipeline, signature }: Pick<ServedModel, "signature" | "pipeline">,
  given: readonly GivenInput[],
  { request }: FilledRequest,
): GivenInput[] {
  const content = pipeline ? servedPlan(pipeline, signature).content.map(({ name }) => name) : [];
  const added = request.inputs.filter(({ name }) => !given.some((input) => input.name === name));
  return [
    ...given.filter(({ name }) => content.includes(name)),
    ...added.map(({ name, datatype, shape, data }) => ({ name, datatype, shape, data: data as GivenInput["data"] })),
  ];
}
