import { and, desc, eq, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { endpoints, incidents } from "#db/schema/index.ts";
import { type Context, systemContext, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { mayUse } from "#server/serve/endpoints/permit-endpoint.ts";

export type StoredIncident = typeof incidents.$inferSelect & { endpoint: string | null };

/**
 * Serialises the creation of a workspace's incidents until the previous one is committed or rolled back: numbers thus have neither gaps
 * nor duplicates, and two simultaneous alerts become one incident. Acquired after the locks of alert groups.
 */
export async function lockNumbers(ctx: Context): Promise<void> {
  const key = `incident numbers ${ctx.actor.workspaceId}`;
  await ctx.db.execute(sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`);
}

/** Returns the next number, counted from 1. Call `lockNumbers` before. */
export async function nextNumber(ctx: Context): Promise<number> {
  const [last] = await ctx.db
    .select({ number: incidents.number })
    .from(incidents)
    .where(eq(incidents.workspaceId, ctx.actor.workspaceId))
    .orderBy(desc(incidents.number))
    .limit(1);
  return (last?.number ?? 0) + 1;
}

/** Finds an incident by its number. @throws DomainError "not-found", also on an endpoint that the caller may not use */
export async function findIncident(ctx: Context, number: number): Promise<StoredIncident> {
  const [row] = await ctx.db
    .select({ incident: incidents, endpoint: endpoints.name })
    .from(incidents)
    .leftJoin(endpoints, eq(endpoints.id, incidents.endpointId))
    .where(and(eq(incidents.workspaceId, ctx.actor.workspaceId), eq(incidents.number, number)));
  if (!row || !mayUse(ctx, row.endpoint)) throw noIncident();
  return { ...row.incident, endpoint: row.endpoint };
}

/**
 * Locks an incident against other changes until the transaction ends; events and links may still be added. Taken after the locks of alert
 * groups. @throws DomainError "not-found"
 */
export async function lockIncident(ctx: Context, number: number): Promise<StoredIncident> {
  const { id } = await findIncident(ctx, number);
  await ctx.db
    .select({ id: incidents.id })
    .from(incidents)
    .where(and(eq(incidents.id, id), eq(incidents.workspaceId, ctx.actor.workspaceId)))
    .for("no key update");
  return findIncident(ctx, number);
}

/**
 * Runs `work` on an incident in a transaction of its own, for a loop named `name`. Does nothing while another worker or a person has it
 * locked: each incident is evaluated by one at a time, and the next pass comes soon.
 */
export async function withIncident(
  db: Database,
  { id, workspaceId }: Pick<StoredIncident, "id" | "workspaceId">,
  name: string,
  work: (ctx: Context, number: number) => Promise<void>,
): Promise<void> {
  await transact(systemContext(db, workspaceId, name), async (ctx) => {
    const [locked] = await ctx.db
      .select({ number: incidents.number })
      .from(incidents)
      .where(thisIncident(ctx, id))
      .for("no key update", { skipLocked: true });
    if (locked) await work(ctx, locked.number);
  });
}

/** Lets the facts of an incident be attached again (attach-due-facts.ts), since what they follow from has changed. */
export async function renewFacts(ctx: Context, incidentId: string): Promise<void> {
  await ctx.db
    .update(incidents)
    .set({ factsDue: sql`coalesce(${incidents.factsDue}, 'facts')` })
    .where(thisIncident(ctx, incidentId));
}

/** Returns the condition for updates: this incident, in this workspace. */
export function thisIncident(ctx: Context, incidentId: string) {
  return and(eq(incidents.id, incidentId), eq(incidents.workspaceId, ctx.actor.workspaceId));
}

function noIncident(): DomainError {
  return new DomainError("not-found", "Incident not found. See Incidents for a list.");
}
