import type { Actor } from "#server/base/context.ts";
import type { AuditEntry } from "#server/platform/audit/entry.ts";
import { type MlflowEntity, mlflowEvents } from "./contract.ts";

export interface WebhookEvent {
  /** Entity and action: "model_version.created". */
  event: string;
  data: Record<string, unknown>;
}

/** What is told of a line of the audit log: the line itself, and the MLflow event that it stands for. */
export function eventsOf(actor: Pick<Actor, "kind" | "name">, action: string, entry: AuditEntry): WebhookEvent[] {
  const { subject, before, after, reason } = entry;
  const by = { kind: actor.kind, name: actor.name };
  const own = { event: action, data: { subject, before, after, reason, by } };
  const mlflow = mlflowEventOf(action, entry);
  return mlflow ? [own, mlflow] : [own];
}

/** The MLflow event that a line of the audit log stands for, if any. */
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

/** Data of the kind an event carries, for a delivery that only tries the way. */
export function exampleOf(event: string): WebhookEvent {
  const [entity = "", action = ""] = event.split(".");
  const examples: Partial<Record<string, Record<string, unknown>>> = {
    registered_model: { name: "example_model", tags: { example_key: "example_value" }, description: "An example" },
    model_version: {
      ...{ name: "example_model", version: "1", source: "models:/123", run_id: "abcd1234abcd5678" },
      ...{ tags: { example_key: "example_value" }, description: "An example" },
    },
    model_version_tag: {
      ...{ name: "example_model", version: "1", key: "example_key" },
      ...(action === "set" && { value: "example_value" }),
    },
    model_version_alias: {
      ...{ name: "example_model", alias: "example_alias" },
      ...(action === "created" && { version: "1" }),
    },
  };
  const data = examples[entity] ?? { subject: `${entity}/example`, note: "Test event; nothing happened." };
  return { event: action === "*" || !action ? "webhook.tested" : event, data };
}

/** Whether MLflow's clients know this event. */
export function isMlflowEvent(event: string): boolean {
  const [entity = "", action = ""] = event.split(".");
  return (mlflowEvents[entity as MlflowEntity] as readonly string[] | undefined)?.includes(action) ?? false;
}

/** Whether one of the patterns of a webhook covers an event. */
export function covers(patterns: readonly string[], event: string): boolean {
  const [entity] = event.split(".");
  return patterns.some((pattern) => pattern === "*" || pattern === event || pattern === `${entity}.*`);
}
