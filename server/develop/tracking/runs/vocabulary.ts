import { type SQL, sql } from "drizzle-orm";
import { attributeSource, type Source } from "../search/compile.ts";
import type { Subject, Vocabulary } from "../search/filter.ts";
import { shownUser } from "./shown-user.ts";
import { contextTag } from "./tags.ts";

const text = (name: string) => ({ name, type: "text" as const });
const number = (name: string) => ({ name, type: "number" as const });

const entities = {
  metric: ["metric", "metrics"],
  parameter: ["parameter", "parameters", "param", "params"],
  tag: ["tag", "tags"],
  attribute: ["attribute", "attributes", "attr", "run"],
};
const types = { metric: "number", parameter: "text", tag: "text", dataset: "text" } as const;
const sortable = {
  run_id: text("run_id"),
  run_name: text("run_name"),
  user_id: text("user_id"),
  status: text("status"),
  artifact_uri: text("artifact_uri"),
  start_time: number("start_time"),
  end_time: number("end_time"),
  created: number("start_time"),
  Created: number("start_time"),
};

/** Fields by which runs can be filtered. */
export const runVocabulary: Vocabulary = {
  entities: { ...entities, dataset: ["dataset", "datasets"] },
  types,
  keys: { dataset: ["name", "digest", "context"] },
  attributes: {
    ...sortable,
    "run name": text("run_name"),
    "Run name": text("run_name"),
    "Run Name": text("run_name"),
    experiment_id: text("experiment_id"),
    lifecycle_stage: text("lifecycle_stage"),
    health: text("health"),
  },
};

/** Fields by which runs can be ordered. */
export const runOrderVocabulary: Vocabulary = { entities, types, attributes: sortable };

interface RunColumn {
  value: SQL;
  type: "text" | "integer";
  mayBeMissing?: true;
}

const columns: Record<string, RunColumn> = {
  run_id: { value: sql`runs.id`, type: "text" },
  run_name: { value: sql`runs.name`, type: "text" },
  user_id: { value: shownUser, type: "text" },
  status: { value: sql`runs.status::text`, type: "text" },
  artifact_uri: { value: sql`runs.artifact_uri`, type: "text" },
  experiment_id: { value: sql`runs.experiment_id::text`, type: "text" },
  lifecycle_stage: { value: sql`case when runs.deleted_at is null then 'active' else 'deleted' end`, type: "text" },
  start_time: { value: sql`runs.started_at`, type: "integer" },
  end_time: { value: sql`runs.ended_at`, type: "integer", mayBeMissing: true },
};

/** Returns the column of an attribute of a run. */
export function runColumn(name: string): RunColumn {
  const column = columns[name];
  if (!column) throw new Error(`A run has no attribute ${name}.`);
  return column;
}

/**
 * Returns the SQL source of a subject in a filter on runs. Each is evaluated separately, so two clauses may match two datasets.
 * @param fence ends the subquery on metrics, params and tags.
 */
export function runSource({ entity, key }: Subject, fence = sql``): Source {
  if (entity === "attribute" && key === "health") return healthSource;
  if (entity === "attribute") {
    const { value, type } = runColumn(key);
    return attributeSource(value, type);
  }
  if (entity === "dataset") return datasetSource(key);
  const table = sql.identifier({ metric: "metric_series", parameter: "run_params", tag: "run_tags" }[entity] ?? "");
  return {
    type: entity === "metric" ? "double" : "text",
    has: (test) =>
      sql`exists (select from ${table} entry where entry.run_id = runs.id and entry.key = ${key}${and(test?.(sql`entry.value`))}${fence})`,
  };
}

/** Works like runSource for a query that reads few runs: prevents the planner from reading a complete table to test them. */
export function runSourceOfFew(subject: Subject): Source {
  return runSource(subject, sql` offset 0`);
}

/** Source for the open findings of a run, see findingKinds: true when any finding satisfies the test. */
const healthSource: Source = {
  type: "text",
  has: (test) =>
    sql`exists (select from run_findings finding
      where finding.run_id = runs.id and finding.until is null${and(test?.(sql`finding.kind`))})`,
};

function datasetSource(key: string): Source {
  const value =
    key === "context"
      ? sql`(select tag ->> 'value' from json_array_elements(used.tags::json) tag where tag ->> 'key' = ${contextTag} limit 1)`
      : key === "name"
        ? sql`dataset.name`
        : sql`dataset.digest`;
  return {
    type: "text",
    has: (test) =>
      sql`exists (select from run_datasets used join datasets dataset on dataset.id = used.dataset_id
        where used.run_id = runs.id${and(test ? test(value) : sql`${value} is not null`)})`,
  };
}

function and(condition: SQL | undefined): SQL {
  return condition ? sql` and ${condition}` : sql``;
}
