import type { ActionState } from "#components/ui/action-state.ts";
import { maxPerStep } from "#server/develop/tracking/bulk/constants.ts";
import type { BulkStep, ChosenRuns } from "#server/develop/tracking/bulk/contract.ts";

/** Runs that are chosen: by their ids, or all that a filter finds. */
export type Choice = { runIds: readonly string[] } | { filter: string };

interface Outcome {
  /** Ids of the runs that were changed, also when it ended with an error. */
  changed: string[];
  error?: string;
}

/**
 * Changes any number of runs in consecutive steps of at most 500 and stops at the first that fails; completed steps are not reverted.
 * @param onProgress called after each step with the number of runs done and left.
 */
export async function inSteps(
  step: (chosen: Omit<ChosenRuns, "experimentId">) => Promise<ActionState<BulkStep>>,
  choice: Choice,
  onProgress: (done: number, left: number) => void,
): Promise<Outcome> {
  const changed: string[] = [];
  const parts = "runIds" in choice ? partsOf(choice.runIds) : [{ filter: choice.filter }];
  for (const [index, part] of parts.entries()) {
    let after: string | undefined;
    do {
      const result = await step({ ...part, ...(after !== undefined && { after }) });
      if (!result.ok || !result.data) return { changed, error: complaintOf(result) };
      changed.push(...result.data.changed);
      onProgress(changed.length, result.data.left + ("runIds" in choice ? restOf(choice.runIds, index) : 0));
      after = result.data.next;
    } while (after !== undefined);
  }
  return { changed };
}

function partsOf(ids: readonly string[]): { runIds: string[] }[] {
  const starts = Array.from({ length: Math.ceil(ids.length / maxPerStep) }, (_, index) => index * maxPerStep);
  return starts.map((start) => ({ runIds: ids.slice(start, start + maxPerStep) }));
}

function restOf(ids: readonly string[], part: number): number {
  return Math.max(0, ids.length - (part + 1) * maxPerStep);
}

function complaintOf({ error, fieldErrors = {} }: ActionState<BulkStep>): string {
  return error ?? Object.values(fieldErrors)[0] ?? "The change was not saved.";
}
