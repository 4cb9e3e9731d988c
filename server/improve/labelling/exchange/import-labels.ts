import { randomUUID } from "node:crypto";
import { canonicalJson } from "#server/base/canonical-json.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { Turns } from "#server/base/turns.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { annotatorOf } from "../annotators/annotator-of.ts";
import type { LabelValue } from "../contract.ts";
import { findLiveLabelProject } from "../projects/find-label-project.ts";
import { addTasks } from "../tasks/add-tasks.ts";
import { interpretItem, type ReadItem } from "./interpret-item.ts";
import { loadPeople } from "./people.ts";
import { maxImportedTasks } from "./read-items.ts";
import { requiredObjects } from "./required-objects.ts";

export interface ImportLabels {
  projectId: number;
  /** Tasks of Label Studio, or bare data. */
  items: readonly unknown[];
  /** Chosen by the caller: an import that is repeated with it stores nothing again. */
  key?: string | undefined;
  /** Makes gold items of the tasks with an annotation that is marked as the ground truth. */
  makesGold?: boolean | undefined;
}

export interface ImportedLabels {
  /** Ids in the order of the items. */
  taskIds: number[];
  /** Stored by this call: 0 when it repeats an earlier one. */
  added: number;
  annotations: number;
  /** Annotations that were left out, because a later one of the same task is of the same person. */
  replaced: number;
  predictions: number;
  /** Gold items that were made. */
  golds: number;
}

/** Gold items of one import. */
const maxGolds = 1_000;

/**
 * Imports tasks with their annotations and predictions: all, or none when one is wrong. Gold items are made only by request, and by who may:
 * Label Studio marks every imported annotation as the ground truth.
 * @throws DomainError "not-found", "conflict" for an archived project, "invalid", which names the item, "too-large"
 */
export async function importLabels(
  ctx: Context,
  { projectId, items, key, makesGold = false }: ImportLabels,
): Promise<ImportedLabels> {
  permit(ctx, "importLabels");
  if (makesGold) permit(ctx, "setGold");
  if (items.length === 0) throw new DomainError("invalid", "The list has no tasks.");
  if (items.length > maxImportedTasks) throw new DomainError("too-large", `An import takes ${maxImportedTasks} tasks.`);
  const project = await findLiveLabelProject(ctx, projectId);
  const how = {
    config: project.config,
    shown: requiredObjects(project),
    people: await loadPeople(ctx),
    importer: (await annotatorOf(ctx)).person,
  };
  const read: ReadItem[] = [];
  const turns = new Turns();
  for (const [index, item] of items.entries()) {
    read.push(interpretItem(item, index, how));
    await turns.next();
  }
  const name = key ?? randomUUID();
  const itemAt = (index: number) => `import/${name}/${index}`;
  const tasks = read.map(({ replaced, ...task }, index) => ({ ...task, item: itemAt(index) }));
  const truths = makesGold ? truthsOf(read) : [];
  const golds = new Map(truths.map(({ index, value }) => [itemAt(index), value]));
  const { taskIds, added } = await addTasks(ctx, { projectId, tasks }, { golds });
  const sum = (count: (one: ReadItem) => number) => read.reduce((total, one) => total + count(one), 0);
  return {
    taskIds,
    added,
    // A repeated import changes nothing.
    golds: added > 0 ? golds.size : 0,
    annotations: sum(({ answers }) => answers.length),
    replaced: sum(({ replaced }) => replaced),
    predictions: sum(({ predictions }) => predictions.length),
  };
}

/** Returns the labels that annotations marked as the ground truth give, by the item's place. @throws DomainError "invalid" */
function truthsOf(read: readonly ReadItem[]): { index: number; value: LabelValue }[] {
  const truths = read.flatMap(({ answers }, index) => {
    const [value, ...others] = answers.flatMap(({ isTruth, value }) => (isTruth && value ? [value] : []));
    if (others.some((other) => canonicalJson(other) !== canonicalJson(value))) {
      throw new DomainError("invalid", `Error at item ${index}: annotations marked as the ground truth differ.`);
    }
    return value ? [{ index, value }] : [];
  });
  if (truths.length > maxGolds) {
    throw new DomainError("too-large", `An import makes ${maxGolds.toLocaleString("en-US")} gold items at most.`);
  }
  return truths;
}
