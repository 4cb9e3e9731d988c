import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { loadDefinitions } from "#server/develop/features/definitions/definitions.ts";
import { pinFeatures } from "#server/develop/features/pinned/pin-features.ts";
import { featuresPartOf, inputNames, type Pipeline } from "./definition.ts";
import { inputsLeft } from "./plan.ts";
import type { Target } from "./target.ts";

/**
 * Pins the features that a pipeline looks up to the current versions of their views, so that the same definition and digest always mean the same
 * features. A pipeline without such a part stays as it is.
 * @param model inputs and outputs of the version; null before it is inspected, when only columns can take features
 * @throws DomainError "invalid" for a service, view, feature or key that is not there, or that nothing takes
 */
export async function pinPipeline<Given extends Pipeline | null | undefined>(
  ctx: Context,
  pipeline: Given,
  model: Target | null,
): Promise<Given | Pipeline> {
  const part = pipeline && featuresPartOf(pipeline);
  if (!part) return pipeline;
  const { service, features, keys } = part;
  const own = model ? inputsLeft(pipeline, model).map(({ name }) => name) : [];
  const columns = [...pipeline.before.flatMap((one) => (one.kind === "columns" ? inputNames(one) : [])), ...own];
  const definitions = await loadDefinitions(ctx.db, ctx.actor.workspaceId);
  try {
    const pinned = pinFeatures(definitions, { service, features, keys, columns });
    return { ...pipeline, before: [{ ...part, pinned }, ...pipeline.before.slice(1)] };
  } catch (cause) {
    if (!(cause instanceof DomainError)) throw cause;
    const hint = model ? "" : " The model's own inputs can take features once the version is inspected.";
    throw new DomainError("invalid", `The pipeline's features cannot be looked up. ${cause.message}${hint}`, { cause });
  }
}

/** Returns an imported pipeline as it is if its features are pinned, else pinned if that is possible here: views may be imported later. */
export async function pinImported(ctx: Context, pipeline: Pipeline | null | undefined) {
  if (!pipeline || featuresPartOf(pipeline)?.pinned) return pipeline;
  return pinPipeline(ctx, pipeline, null).catch((cause: unknown) => {
    if (cause instanceof DomainError) return pipeline;
    throw cause;
  });
}
