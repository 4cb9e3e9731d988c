import type { Signature } from "#server/develop/registry/onnx/contract.ts";
import { type PipelinePlan, planPipeline } from "#server/develop/registry/pipeline/plan.ts";
import type { ServedPipeline } from "../versions/served-model.ts";

const plans = new WeakMap<ServedPipeline, PipelinePlan>();

/** Returns the plan of a pipeline that serves, computed once. */
export function servedPlan(pipeline: ServedPipeline, signature: Signature): PipelinePlan {
  const plan = plans.get(pipeline) ?? planPipeline(pipeline.definition, signature);
  plans.set(pipeline, plan);
  return plan;
}
