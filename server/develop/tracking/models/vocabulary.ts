import { type SQL, sql } from "drizzle-orm";
import { attributeSource, type Source } from "../search/compile.ts";
import type { Clause, Filter, Subject, Value, Vocabulary } from "../search/filter.ts";
import { loggedModelStatuses } from "./contract.ts";

const text = (name: string) => ({ name, type: "text" as const });
const number = (name: string) => ({ name, type: "number" as const });
const createdAt = number("creation_timestamp_ms");
const updatedAt = number("last_updated_timestamp_ms");

/** Fields by which logged models can be filtered. */
export const loggedModelVocabulary: Vocabulary = {
  entities: {
    attribute: ["attributes", "attribute"],
    metric: ["metrics", "metric"],
    parameter: ["params", "param"],
    tag: ["tags", "tag"],
  },
  types: { metric: "number", parameter: "text", tag: "text" },
  attributes: {
    model_id: text("model_id"),
    name: text("name"),
    model_type: text("model_type"),
    status: { name: "status", type: "either" },
    source_run_id: text("source_run_id"),
    experiment_id: text("experiment_id"),
    creation_timestamp_ms: createdAt,
    creation_timestamp: createdAt,
    creation_time: createdAt,
    last_updated_timestamp_ms: updatedAt,
    last_updated_timestamp: updatedAt,
  },
  allowsUnquotedText: true,
};

const columns: Record<string, { value: SQL; type: "text" | "integer" }> = {
  model_id: { value: sql`model.id`, type: "text" },
  name: { value: sql`model.name`, type: "text" },
  model_type: { value: sql`model.model_type`, type: "text" },
  status: { value: sql`model.status::text`, type: "text" },
  source_run_id: { value: sql`model.source_run_id`, type: "text" },
  experiment_id: { value: sql`model.experiment_id::text`, type: "text" },
  creation_timestamp_ms: { value: sql`model.created_at`, type: "integer" },
  last_updated_timestamp_ms: { value: sql`model.updated_at`, type: "integer" },
};

/** Returns the column of an attribute of a logged model; undefined for an unknown attribute. */
export function loggedModelColumn(name: string): { value: SQL; type: "text" | "integer" } | undefined {
  const known = Object.hasOwn(loggedModelVocabulary.attributes, name)
    ? loggedModelVocabulary.attributes[name]
    : undefined;
  return known && columns[known.name];
}

/**
 * Returns the SQL source of a subject in a filter on logged models. A comparison with a metric is true when any point satisfies it.
 * @param ofDatasets restricts the points, named `entry`, to some datasets.
 */
export function loggedModelSource(ofDatasets: SQL | undefined): (subject: Subject) => Source {
  return ({ entity, key }) => {
    const column = entity === "attribute" ? loggedModelColumn(key) : undefined;
    if (column) return attributeSource(column.value, column.type);
    const table = { metric: "logged_model_metrics", parameter: "logged_model_params", tag: "logged_model_tags" }[
      entity
    ];
    const dataset = entity === "metric" && ofDatasets ? sql`and ${ofDatasets}` : sql``;
    return {
      type: entity === "metric" ? "double" : "text",
      has: (test) => sql`exists (select from ${sql.identifier(table ?? "")} entry
        where entry.model_id = model.id and entry.key = ${key} ${dataset}
        ${test ? sql`and ${test(sql`entry.value`)}` : sql``})`,
    };
  };
}

/** Normalises statuses in a filter, which may be numbers, names, or names without their prefix. */
export function withStatusNames(filter: Filter): Filter {
  switch (filter.kind) {
    case "not":
      return { ...filter, part: withStatusNames(filter.part) };
    case "and":
    case "or":
      return { kind: filter.kind, parts: filter.parts.map(withStatusNames) };
    default:
      return filter.subject.entity === "attribute" && filter.subject.key === "status" ? named(filter) : filter;
  }
}

function named(clause: Clause): Clause {
  if (clause.kind === "compare") return { ...clause, value: statusName(clause.value) };
  return clause.kind === "in" ? { ...clause, values: clause.values.map(statusName) } : clause;
}

function statusName(value: Value): string {
  if (typeof value === "number") return loggedModelStatuses[value - 1] ?? String(value);
  return loggedModelStatuses.find((status) => status === `LOGGED_MODEL_${value}`) ?? value;
}
