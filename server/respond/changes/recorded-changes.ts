import { and, desc, eq, gte, inArray, like, lte, notInArray, or, sql } from "drizzle-orm";
import { auditEvents } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { Change, ChangeKind } from "./contract.ts";
import { describeDifference } from "./describe-difference.ts";
import type { Span } from "./span.ts";

/** Actions of the audit log that concern all endpoints, and what kind of change each is. */
const forAll: Record<string, ChangeKind> = {
  "dataset.version-created": "data",
  "dataset.contract-set": "schema",
  "policy.changed": "config",
};
const freezes = ["endpoint.frozen", "endpoint.freeze-lifted", "endpoint.version-unblocked"];
const titles: Record<string, (name: string) => string> = {
  "dataset.version-created": (name) => `New version of dataset ${name}`,
  "dataset.contract-set": (name) => `Contract of dataset ${name} changed`,
  "policy.changed": (name) => `Policy of ${name} changed`,
};
const ofEndpoints: Record<string, string> = {
  "endpoint.updated": "settings changed",
  "endpoint.cache-set": "cache settings changed",
  "endpoint.capture-set": "logging settings changed",
  "endpoint.cascade-set": "cascade changed",
  "endpoint.protection-set": "limits and input contract changed",
  "endpoint.task-settings-set": "task settings changed",
  "endpoint.budget-set": "SLOs changed",
  "endpoint.loaded": "loaded",
  "endpoint.unloaded": "unloaded",
  "endpoint.archived": "archived",
  "endpoint.frozen": "frozen",
  "endpoint.freeze-lifted": "freeze lifted",
  "endpoint.version-unblocked": "version unblocked",
};

/** Actions that do not affect predictions: the webhook of tasks, an endpoint that serves nothing yet, and its monitoring. */
const silent = [
  "endpoint.task-webhook-set",
  "endpoint.created",
  "endpoint.version-blocked",
  "endpoint.monitor-set",
  "endpoint.drift-expected",
  "endpoint.drift-expected-revoked",
];

/** Lists changes from the audit log: settings of endpoints, versions and contracts of datasets, policies. */
export async function recordedChanges(ctx: Context, { names, from, to, limit }: Span): Promise<Change[]> {
  const idOf = new Map([...names].map(([id, name]) => [`endpoint/${name}`, id]));
  const isOurs = and(
    like(auditEvents.action, "endpoint.%"),
    notInArray(auditEvents.action, silent),
    inArray(auditEvents.subject, [...idOf.keys()]),
  );
  // A token that is bound to endpoints sees nothing of the complete workspace.
  const isBound = ctx.actor.endpoints !== undefined;
  const rows = await ctx.db
    .select()
    .from(auditEvents)
    .where(
      and(
        eq(auditEvents.workspaceId, ctx.actor.workspaceId),
        gte(auditEvents.at, from),
        lte(auditEvents.at, to),
        or(idOf.size > 0 ? isOurs : sql`false`, isBound ? undefined : inArray(auditEvents.action, Object.keys(forAll))),
      ),
    )
    .orderBy(desc(auditEvents.id))
    .limit(limit);
  return rows.map((row) => {
    const name = row.subject.slice(row.subject.indexOf("/") + 1);
    const endpointId = idOf.get(row.subject) ?? null;
    return {
      id: `audit:${row.id}`,
      kind: freezes.includes(row.action) ? "freeze" : (forAll[row.action] ?? "config"),
      title: titles[row.action]?.(name) ?? `${name} ${ofEndpoints[row.action] ?? "changed"}`,
      at: row.at,
      actor: row.actorName,
      href: hrefOf(row.subject, name),
      ...describeDifference(row.before, row.after),
      endpointId,
    };
  });
}

function hrefOf(subject: string, name: string): string | null {
  if (subject.startsWith("endpoint/")) return `/endpoints/${encodeURIComponent(name)}`;
  if (subject.startsWith("dataset/")) return `/datasets/${encodeURIComponent(name)}`;
  return subject.startsWith("model/") ? `/models/${encodeURIComponent(name)}` : null;
}
