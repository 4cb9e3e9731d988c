import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { sideBySide } from "#server/base/side-by-side.ts";
import { checkDatasetContract } from "../checks/contract-check.ts";
import { checkDuplicates } from "../checks/duplicates.ts";
import type { CheckResult } from "../contract.ts";
import { checkRules } from "../rules/check-rules.ts";
import type { DataRule } from "../rules/contract.ts";
import { checkRepeatedIds, type RowSpan } from "./check-rows.ts";
import { readContract } from "./read-contract.ts";
import { readRows } from "./read-rows.ts";

/** Copies are compared with those of so long before. */
const beforeMs = 7 * dayMs;

/** Checks logged rows: whether IDs and rows are repeated, and whether they satisfy the endpoint's rules and the reference's contract. */
export async function checkLog(
  ctx: Context,
  { versionId, ...span }: RowSpan & { versionId: string },
  rules: readonly DataRule[],
): Promise<CheckResult[]> {
  const { endpointId, from, to } = span;
  const earlier = { endpointId, versionId, from: new Date(from.getTime() - beforeMs), to: from };
  const [ids, now, before, contract] = await sideBySide(ctx, [
    () => checkRepeatedIds(ctx, span),
    () => readRows(ctx, { endpointId, versionId, from, to }),
    () => readRows(ctx, earlier),
    () => readContract(ctx, versionId),
  ]);
  return [
    ids,
    checkDuplicates(now.rows, before.rows),
    ...checkRules(rules, now.rows, now.features),
    ...(contract ? checkDatasetContract(contract, now.rows, now.inputs) : []),
  ];
}
