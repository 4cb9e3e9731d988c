import { and, eq, inArray } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import {
  deployments,
  endpoints,
  incidents,
  memberships,
  modelVersions,
  registeredModels,
  users,
} from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { modelOf, type PastEndpoint, pastEndpoints } from "./contract.ts";

interface PlacedEndpoint {
  id: string;
  createdAt: number;
  /** Execution providers of the version that serves. */
  providers: string[];
}

/** The rows of a workspace that its past is about. */
export interface Place {
  workspaceId: string;
  endpoints: ReadonlyMap<PastEndpoint, PlacedEndpoint>;
  /** Ids of versions by model and number: "digits 2". */
  versions: ReadonlyMap<string, string>;
  /** Ids of people by name. */
  people: ReadonlyMap<string, string>;
}

/** Finds the workspace of an account; undefined without one. */
export async function workspaceOf(db: Database, email: string): Promise<string | undefined> {
  const [row] = await db
    .select({ workspaceId: memberships.workspaceId })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(eq(users.email, email))
    .limit(1);
  return row?.workspaceId;
}

/**
 * Reads the rows that a past needs. Undefined where there is a history already: endpoints that were deployed to more than once, or incidents. Only
 * what is about to begin gets a past.
 */
export async function findPlace(ctx: Context): Promise<Place | undefined> {
  const { workspaceId } = ctx.actor;
  const [known] = await ctx.db
    .select({ id: incidents.id })
    .from(incidents)
    .where(eq(incidents.workspaceId, workspaceId))
    .limit(1);
  const deployed = await ctx.db
    .select({
      name: endpoints.name,
      id: endpoints.id,
      createdAt: endpoints.createdAt,
      providers: deployments.providers,
    })
    .from(deployments)
    .innerJoin(endpoints, eq(endpoints.id, deployments.endpointId))
    .where(and(eq(deployments.workspaceId, workspaceId), inArray(endpoints.name, [...pastEndpoints])));
  if (known || deployed.length !== pastEndpoints.length) return undefined;
  const placed = new Map(deployed.map((row) => [row.name, { ...row, createdAt: row.createdAt.getTime() }]));
  const found = pastEndpoints.flatMap((name) => {
    const row = placed.get(name);
    return row ? [[name, row] as const] : [];
  });
  if (found.length !== pastEndpoints.length) return undefined;
  return { workspaceId, endpoints: new Map(found), versions: await versionsOf(ctx), people: await peopleOf(ctx) };
}

export function endpointIn(place: Place, name: PastEndpoint): PlacedEndpoint {
  const endpoint = place.endpoints.get(name);
  if (!endpoint) throw new Error(`${name} is not there.`);
  return endpoint;
}

export function versionIn(place: Place, endpoint: PastEndpoint, version: number): string {
  const id = place.versions.get(`${modelOf[endpoint]} ${version}`);
  if (id === undefined) throw new Error(`${modelOf[endpoint]} has no version ${version}.`);
  return id;
}

async function versionsOf({ db, actor }: Context): Promise<Map<string, string>> {
  const rows = await db
    .select({ id: modelVersions.id, version: modelVersions.version, model: registeredModels.name })
    .from(modelVersions)
    .innerJoin(registeredModels, eq(registeredModels.id, modelVersions.modelId))
    .where(
      and(eq(modelVersions.workspaceId, actor.workspaceId), inArray(registeredModels.name, Object.values(modelOf))),
    );
  return new Map(rows.map(({ id, version, model }) => [`${model} ${version}`, id]));
}

async function peopleOf({ db, actor }: Context): Promise<Map<string, string>> {
  const rows = await db
    .select({ id: users.id, name: users.name })
    .from(users)
    .innerJoin(memberships, eq(memberships.userId, users.id))
    .where(eq(memberships.workspaceId, actor.workspaceId));
  return new Map(rows.map(({ id, name }) => [name, id]));
}
