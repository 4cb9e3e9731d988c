import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { permitAnyEndpoint } from "../endpoints/permit-endpoint.ts";
import { StartBatch } from "./contract.ts";
import { insertRun } from "./run-rows.ts";

/** Starts a batch, whose items follow by runBatchItems. @returns its id. @throws DomainError "forbidden" */
export async function startBatch(ctx: Context, input: StartBatch): Promise<{ id: string }> {
  permit(ctx, "runPlayground");
  permitAnyEndpoint(ctx, "run versions without an endpoint");
  const { model, sides, via, source, total } = StartBatch.parse(input);
  const batch = { kind: "batch", state: "running", modelName: model, sides, total, words: source } as const;
  return { id: await insertRun(ctx, { ...batch, request: { source, via } }) };
}
