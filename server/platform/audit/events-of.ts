import type { Actor } from "#server/base/context.ts";
import type { WebhookEvent } from "../webhooks/mlflow-events.ts";
import type { AuditEntry } from "./entry.ts";

/** Returns the webhook events of an audit log entry: the entry itself, and the corresponding MLflow event. */
export function eventsOf(actor: Pick<Actor, "kind" | "name">, action: string, entry: AuditEntry): WebhookEvent[] {
  const { subject, before, after, reason } = entry;
  const by = { kind: actor.kind, name: actor.name };
  const own = { event: action, data: { subject, before, after, reason, by } };
  const mlflow = mlflowEventOf(action, entry);
  return mlflow ? [own, mlflow] : [own];
}

/** Returns the MLflow event that corresponds to an audit log entry, if any. */
function mlflowEventOf(action: string, { subject, before, after }: AuditEntry): WebhookEvent | undefined {
  const [, name = "", version = ""] = subject.split("/");
  const was = (before ?? {}) as Record<string, unknown>;
  const is = (after ?? {}) as Record<string, unknown>;
  switch (action) {
    case "model.created":
      return {
        event: "registered_model.created",
        data: { name, tags: tagsOf(is), description: is.description ?? null },
      };
    case "version.created": {
      const { source = "", runId, description = null } = is;
      const data = { name, version, source, run_id: runId || null, tags: tagsOf(is), description };
      return { event: "model_version.created", data };
    }
    case "version.tagged": {
      const [[key, value] = ["", ""]] = Object.entries(is);
      return { event: "model_version_tag.set", data: { name, version, key, value } };
    }
    case "version.untagged":
      return { event: "model_version_tag.deleted", data: { name, version, key: Object.keys(was)[0] ?? "" } };
    case "alias.set":
    case "alias.deleted":
    case "alias.overridden":
    case "promotion.approved":
      return is.alias === undefined
        ? { event: "model_version_alias.deleted", data: { name, alias: was.alias } }
        : { event: "model_version_alias.created", data: { name, alias: is.alias, version: String(is.version ?? "") } };
    default:
      return undefined;
  }
}

/** Tags as an object, whichever way they were recorded. */
function tagsOf({ tags }: Record<string, unknown>): Record<string, unknown> {
  if (!Array.isArray(tags)) return (tags as Record<string, unknown>) ?? {};
  return Object.fromEntries(tags.map(({ key, value }) => [key, value]));
}
