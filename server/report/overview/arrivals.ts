import { and, desc, eq, isNotNull, sql } from "drizzle-orm";
import {
  apiTokens,
  endpoints,
  gatewayHeartbeats,
  modelVersions,
  predictions,
  registeredModels,
} from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { Arrivals } from "./contract.ts";

/** Finds signs of clients that got only halfway. Part of getGettingStarted, which checks the permission. */
export async function arrivals({ db, actor }: Context): Promise<Arrivals> {
  const { workspaceId } = actor;
  const [token] = await db
    .select({ name: apiTokens.name, usedAt: apiTokens.lastUsedAt })
    .from(apiTokens)
    .where(and(eq(apiTokens.workspaceId, workspaceId), isNotNull(apiTokens.lastUsedAt)))
    .orderBy(desc(apiTokens.lastUsedAt))
    .limit(1);
  const [unservable] = await db
    .select({ model: registeredModels.name, version: modelVersions.version, reason: modelVersions.inspectionMessage })
    .from(modelVersions)
    .innerJoin(registeredModels, eq(registeredModels.id, modelVersions.modelId))
    .where(and(eq(modelVersions.workspaceId, workspaceId), eq(modelVersions.inspection, "unservable")))
    .orderBy(desc(modelVersions.createdAt))
    .limit(1);
  const [gateway] = await db
    .select({ seenAt: sql<Date | null>`max(${gatewayHeartbeats.seenAt})`.mapWith(gatewayHeartbeats.seenAt) })
    .from(gatewayHeartbeats);
  const [failure] = await db
    .select({ endpoint: endpoints.name, reason: predictions.error, at: predictions.at })
    .from(predictions)
    .innerJoin(endpoints, eq(endpoints.id, predictions.endpointId))
    .where(and(eq(predictions.workspaceId, workspaceId), isNotNull(predictions.error)))
    .orderBy(desc(predictions.at))
    .limit(1);
  return {
    lastToken: token?.usedAt ? { name: token.name, usedAt: token.usedAt } : null,
    unservable: unservable
      ? { name: `${unservable.model} v${unservable.version}`, reason: unservable.reason ?? "" }
      : null,
    gatewaySeenAt: gateway?.seenAt ?? null,
    lastFailure: failure ? { ...failure, reason: failure.reason ?? "" } : null,
  };
}
