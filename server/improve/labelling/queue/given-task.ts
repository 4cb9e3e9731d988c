import { z } from "zod";
import { RankFactors, TaskSource } from "../contract.ts";
import { withoutHidden } from "../tasks/hidden-fields.ts";
import type { GivenTask } from "./contract.ts";
import { hashShare } from "./hash-share.ts";

/** Columns of a task that its annotator sees, as a statement in SQL returns them. */
export const GivenRow = z.object({
  id: z.number(),
  item: z.string(),
  data: z.record(z.string(), z.unknown()),
  source: TaskSource,
  reason: z.string(),
  groupKey: z.string().nullable(),
  requestId: z.string().nullable(),
  factors: RankFactors.nullable(),
});
export type GivenRow = z.infer<typeof GivenRow>;

/** Share of tasks whose predictions stay hidden where the project shows them, so that both can be compared. */
const blindShare = 0.1;

interface Given {
  projectId: number;
  person: string;
  guideline: number;
  expiresAt: Date;
  showsPredictions: boolean;
  /** Fields that the project hides until they are asked for. */
  hiddenFields: readonly string[];
}

/** Without the gain, which says how sure the model is. */
function priorityOf({ drift, weight, drifted = [] }: RankFactors): GivenTask["priority"] {
  return { drift, weight, drifted };
}

/** Whether a person never sees the prediction of a task, where the project shows predictions. */
export function isBlindFor(taskId: number, person: string): boolean {
  return hashShare(`blind ${taskId} ${person}`) < blindShare;
}

export function toGivenTask(
  row: GivenRow,
  { projectId, person, guideline, expiresAt, showsPredictions, hiddenFields }: Given,
): GivenTask {
  const { data, found } = withoutHidden(row.data, hiddenFields);
  return {
    id: row.id,
    projectId,
    item: row.item,
    data,
    source: row.source,
    reason: row.reason,
    guideline,
    groupKey: row.groupKey,
    requestId: row.requestId,
    expiresAt,
    priority: row.factors && priorityOf(row.factors),
    hiddenFields: found,
    isBlind: !showsPredictions || isBlindFor(row.id, person),
  };
}
