import { type Context, transact } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { announceRun } from "../runs/announce-run.ts";
import type { LoggedModel, LoggedModelStatus } from "./contract.ts";
import { touchLoggedModel } from "./lock-logged-model.ts";
import { loadLoggedModels } from "./queries.ts";

/** Says whether the upload of a logged model succeeded. The status may change in any direction. */
export async function finishLoggedModel(
  ctx: Context,
  { modelId, status }: { modelId: string; status: LoggedModelStatus },
): Promise<LoggedModel> {
  permit(ctx, "finishLoggedModel");
  await transact(ctx, (ctx) => touchLoggedModel(ctx, modelId, { status }));
  const [model] = await loadLoggedModels(ctx, [modelId]);
  if (model?.sourceRunId) announceRun(ctx, model.sourceRunId);
  return model as LoggedModel;
}
