import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { acknowledgeGroup } from "./acknowledge-group.ts";

/**
 * Acknowledges the groups of one incident, each by itself: one that was resolved meanwhile keeps none of the others paging.
 * @throws DomainError as acknowledgeGroup, when none of them could be acknowledged
 */
export async function acknowledgeGroups(ctx: Context, { groupIds }: { groupIds: readonly string[] }): Promise<void> {
  const conflicts: DomainError[] = [];
  for (const groupId of groupIds) {
    try {
      await acknowledgeGroup(ctx, { groupId });
    } catch (error) {
      if (!(error instanceof DomainError && error.code === "conflict")) throw error;
      conflicts.push(error);
    }
  }
  if (conflicts[0] && conflicts.length === groupIds.length) throw conflicts[0];
}
