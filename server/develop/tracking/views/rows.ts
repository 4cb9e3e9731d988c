import { and, eq, isNull, or, type SQL } from "drizzle-orm";
import { runViews } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { RunViewState, type SavedView } from "./contract.ts";

type ViewRow = typeof runViews.$inferSelect;

/** Returns the condition that a view belongs to the team or to the caller. */
export function visible(ctx: Context): SQL | undefined {
  const { kind, id, workspaceId } = ctx.actor;
  const isTeams = isNull(runViews.ownerId);
  return and(eq(runViews.workspaceId, workspaceId), kind === "user" ? or(isTeams, eq(runViews.ownerId, id)) : isTeams);
}

/** Selects one view that is visible to the caller. An invalid id selects none. */
export function thisView(ctx: Context, viewId: string): SQL | undefined {
  if (!/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(viewId)) throw noView();
  return and(visible(ctx), eq(runViews.id, viewId));
}

/** Returns the error for an unknown view. */
export function noView(): DomainError {
  return new DomainError("not-found", "View not found. It may have been deleted.");
}

export function toView({ id, name, ownerId, state, createdBy, updatedAt }: ViewRow): SavedView {
  // A view of another release may have a state that this one cannot parse: the default applies then.
  const { data = { filter: "" } } = RunViewState.safeParse(state);
  return { id, name, isOwn: ownerId !== null, state: data, createdBy, updatedAt: updatedAt.getTime() };
}

/** Turns the refusal of a second view of one name into words. */
export function nameInUse(error: unknown, name: string): unknown {
  const { code, constraint } = ((error as Error).cause ?? error) as { code?: string; constraint?: string };
  if (code !== "23505" || !constraint?.startsWith("run_views_")) return error;
  return new DomainError("conflict", `A view named "${name}" already exists. Choose another name, or update it.`);
}
