"use server";

import { act } from "#app/_lib/action.ts";
import { evaluationHref } from "#components/release/evaluation/addresses.ts";
import type { VersionKey } from "#server/develop/registry/versions/contract.ts";
import type {
  CreateEvaluationSet,
  RequestEvaluation,
  RequestRobustness,
  RetireEvaluationSet,
} from "#server/release/evaluation/contract.ts";
import { requestRobustness } from "#server/release/evaluation/robustness/request-robustness.ts";
import { cancelEvaluation } from "#server/release/evaluation/runs/cancel-evaluation.ts";
import { requestEvaluation } from "#server/release/evaluation/runs/request-evaluation.ts";
import { createEvaluationSet } from "#server/release/evaluation/sets/create-evaluation-set.ts";
import { retireEvaluationSet } from "#server/release/evaluation/sets/retire-evaluation-set.ts";

/** Freezes a set, and returns the address of the version's evaluation on it. */
export async function createEvaluationSetAction(key: VersionKey, input: CreateEvaluationSet) {
  return act(async (ctx) => ({
    href: evaluationHref(key, "overview", { set: await createEvaluationSet(ctx, input) }),
  }));
}

export async function retireEvaluationSetAction(input: RetireEvaluationSet) {
  return act(async (ctx) => retireEvaluationSet(ctx, input));
}

export async function runEvaluationAction(input: RequestEvaluation) {
  return act(async (ctx) => void (await requestEvaluation(ctx, input)));
}

export async function runRobustnessAction(input: RequestRobustness) {
  return act(async (ctx) => void (await requestRobustness(ctx, input)));
}

export async function cancelEvaluationAction(id: string) {
  return act(async (ctx) => cancelEvaluation(ctx, id));
}
