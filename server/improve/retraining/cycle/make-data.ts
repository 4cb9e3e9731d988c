import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { listTrainingSets } from "#server/develop/features/training-sets/queries.ts";
import { refreshTrainingSet } from "#server/develop/features/training-sets/refresh-training-set.ts";
import { exportToDataset } from "../../labelling/flows/export-to-dataset.ts";
import type { CycleData, DataPart } from "../contract.ts";
import { findDatasetVersion } from "./find-dataset-version.ts";

/**
 * Asks for the dataset version of a cycle, in the transaction that notes it: another version of a label project or a training set, or the newest
 * one of a dataset that others fill.
 * @throws DomainError "not-found", "conflict" for what is gone or archived
 */
export async function makeData(ctx: Context, plan: CycleData): Promise<DataPart> {
  switch (plan.kind) {
    case "labels": {
      const { id } = await exportToDataset(ctx, { projectId: plan.project, dataset: plan.dataset });
      return { madeBy: id, version: null, problem: null };
    }
    case "training-set": {
      const [newest] = await listTrainingSets(ctx, { name: plan.name, limit: 1 });
      if (!newest) throw new DomainError("not-found", `Training set "${plan.name}" not found. Create one first.`);
      const { id } = await refreshTrainingSet(ctx, { id: newest.id, note: "Created for a retraining cycle." });
      return { madeBy: id, version: null, problem: null };
    }
    case "dataset": {
      const version = await findDatasetVersion(ctx, { name: plan.name });
      if (!version) throw new DomainError("not-found", `"${plan.name}" has no version. Upload one first.`);
      return { madeBy: null, version, problem: null };
    }
  }
}
