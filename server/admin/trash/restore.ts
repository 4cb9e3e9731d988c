import type { Context } from "#server/base/context.ts";
import { restoreTrashedModel } from "#server/develop/registry/trash/restore-trashed-model.ts";
import { restoreExperiment } from "#server/develop/tracking/experiments/restore-experiment.ts";
import { restoreLoggedModel } from "#server/develop/tracking/models/restore-logged-model.ts";
import { restoreRun } from "#server/develop/tracking/runs/restore-run.ts";
import type { TrashKind } from "#server/platform/purge-lock/contract.ts";
import { TrashKey } from "./contract.ts";

const commands: Record<TrashKind, (ctx: Context, id: string) => Promise<void>> = {
  experiment: (ctx, id) => restoreExperiment(ctx, /^\d{1,15}$/.test(id) ? Number(id) : -1),
  run: restoreRun,
  "logged-model": restoreLoggedModel,
  model: restoreTrashedModel,
  version: restoreTrashedModel,
};

/** Restores something from the trash with the command of its kind, which checks permissions and obstacles. */
export function restore(ctx: Context, input: TrashKey): Promise<void> {
  const { kind, id } = TrashKey.parse(input);
  return commands[kind](ctx, id);
}
