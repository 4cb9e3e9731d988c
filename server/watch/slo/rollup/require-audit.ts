import { and, eq, ne } from "drizzle-orm";
import { labelProjects } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { DomainError } from "#server/base/errors.ts";

/** Days after which a project drops items that nobody labelled, where its settings do not say so (server/improve/labelling/contract.ts). */
const usualHorizonDays = 30;

/**
 * Checks that a label project draws predictions of an endpoint at random, and keeps them until their labels are due.
 * @throws DomainError "invalid" with the field
 */
export async function requireAudit(
  ctx: Context,
  { endpointId, maturityMs }: { endpointId: string; maturityMs: number },
): Promise<void> {
  const projects = await ctx.db
    .select({ settings: labelProjects.settings })
    .from(labelProjects)
    .where(
      and(
        eq(labelProjects.workspaceId, ctx.actor.workspaceId),
        eq(labelProjects.endpointId, endpointId),
        ne(labelProjects.state, "archived"),
      ),
    );
  if (projects.length === 0)
    throw new DomainError(
      "invalid",
      "No label project draws predictions of this endpoint. Create one in the label queue, or count all sampled predictions.",
      { field: "definition.indicator.of" },
    );
  const days = Math.max(...projects.map(({ settings }) => settings.horizonDays ?? usualHorizonDays));
  if (maturityMs > days * dayMs)
    throw new DomainError(
      "invalid",
      `The label project drops items after ${days} days. Choose a shorter time, or change its settings.`,
      { field: "definition.indicator.maturityMs" },
    );
}
