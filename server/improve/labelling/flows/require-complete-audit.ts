import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { countAudit } from "./export-queries.ts";

/**
 * Checks that all audit items of a time range have a label, of two people or a reviewer. It is checked when the audit is frozen and again by the job,
 * since items may have lost their labels meanwhile.
 * @returns how many items there are @throws DomainError "conflict" while items are missing, "invalid" for an empty range
 */
export async function requireCompleteAudit(
  ctx: Context,
  projectId: number,
  range: { from: Date; to: Date },
): Promise<number> {
  const { items, waiting, single } = await countAudit(ctx, projectId, range);
  if (items === 0) {
    throw new DomainError("invalid", "No audit items were added in this time range.", { field: "from" });
  }
  if (waiting > 0 || single > 0) {
    const parts = [
      ...(waiting > 0 ? [`${waiting} have no label yet`] : []),
      ...(single > 0 ? [`${single} have one answer only`] : []),
    ];
    throw new DomainError("conflict", `Of ${items} audit items, ${parts.join(" and ")}. Label them first.`);
  }
  return items;
}
