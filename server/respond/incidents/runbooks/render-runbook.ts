import { and, eq } from "drizzle-orm";
import { runbookTicks } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type RenderedRunbook, RenderRunbook } from "./contract.ts";
import { findSubject, valuesOf } from "./find-subject.ts";
import { renderParts } from "./render.ts";
import { findRunbook } from "./runbook-rows.ts";

/**
 * Renders a runbook for an alert group or an incident: fills in its variables and adds the ticks. A group that belongs to an
 * incident shares the incident's ticks. @throws DomainError "not-found"
 */
export async function renderRunbook(ctx: Context, input: RenderRunbook): Promise<RenderedRunbook> {
  permit(ctx, "renderRunbook");
  const { runbookId, subjectId } = RenderRunbook.parse(input);
  const { id, name, body, revision } = await findRunbook(ctx, runbookId);
  if (subjectId === null) return { id, name, revision, subjectId, ...renderParts(body, {}, new Map()) };
  const subject = await findSubject(ctx, subjectId);
  const rows = await ctx.db
    .select()
    .from(runbookTicks)
    .where(
      and(
        eq(runbookTicks.workspaceId, ctx.actor.workspaceId),
        eq(runbookTicks.subjectId, subject.id),
        eq(runbookTicks.runbookId, id),
      ),
    );
  const ticks = new Map(rows.map(({ step, tickedBy, at }) => [step, { by: tickedBy, at }]));
  const rendered = renderParts(body, await valuesOf(ctx, subject), ticks);
  return { id, name, revision, subjectId: subject.id, ...rendered };
}
