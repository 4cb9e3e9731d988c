import { type MlflowEntity, mlflowEvents } from "./contract.ts";

export interface WebhookEvent {
  /** Entity and action: "model_version.created". */
  event: string;
  data: Record<string, unknown>;
}

/** Returns example data for an event, for a test delivery. */
export function exampleOf(event: string): WebhookEvent {
  const [entity = "", action = ""] = event.split(".");
  const examples: Partial<Record<string, Record<string, unknown>>> = {
    registered_model: { name: "example_model", tags: { example_key: "example_value" }, description: "An example" },
    model_version: {
      name: "example_model",
      version: "1",
      source: "models:/123",
      run_id: "abcd1234abcd5678",
      tags: { example_key: "example_value" },
      description: "An example",
    },
    model_version_tag: {
      name: "example_model",
      version: "1",
      key: "example_key",
      ...(action === "set" && { value: "example_value" }),
    },
    model_version_alias: {
      name: "example_model",
      alias: "example_alias",
      ...(action === "created" && { version: "1" }),
    },
  };
  const data = examples[entity] ?? { subject: `${entity}/example`, note: "Test event; nothing happened." };
  return { event: action === "*" || !action ? "webhook.tested" : event, data };
}

/** Returns whether MLflow's clients know this event. */
export function isMlflowEvent(event: string): boolean {
  const [entity = "", action = ""] = event.split(".");
  return (mlflowEvents[entity as MlflowEntity] as readonly string[] | undefined)?.includes(action) ?? false;
}

/** Returns whether one of the patterns of a webhook covers an event. */
export function covers(patterns: readonly string[], event: string): boolean {
  const [entity] = event.split(".");
  return patterns.some((pattern) => pattern === "*" || pattern === event || pattern === `${entity}.*`);
}
