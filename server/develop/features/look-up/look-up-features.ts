import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type LookUpAnswer, LookUpFeatures } from "../contract.ts";
import { loadDefinitions } from "../definitions/definitions.ts";
import { postgresRows } from "../rows/postgres-rows.ts";
import { answerLookUp, type LookUpOptions } from "./answer-look-up.ts";
import { planLookUp } from "./plan-look-up.ts";

/**
 * Looks up the newest values of features by key. It reads the definitions each time; who looks up often keeps them, and calls planLookUp
 * and answerLookUp.
 * @returns typed values with status, times and ages
 * @throws FeatureError, see planLookUp and answerLookUp
 */
export async function lookUpFeatures(
  ctx: Context,
  input: LookUpFeatures,
  options: Omit<LookUpOptions, "rows"> = {},
): Promise<LookUpAnswer> {
  permit(ctx, "lookUpFeatures");
  const { features, service, entities, fullNames } = LookUpFeatures.parse(input);
  const definitions = await loadDefinitions(ctx.db, ctx.actor.workspaceId);
  const plan = planLookUp(definitions, { features, service, fullNames });
  return answerLookUp(definitions, plan, entities, { ...options, rows: postgresRows(ctx.db) });
}
