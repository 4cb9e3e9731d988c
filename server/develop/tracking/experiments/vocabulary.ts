import { type SQL, sql } from "drizzle-orm";
import { attributeSource, type Source } from "../search/compile.ts";
import type { Subject, Vocabulary } from "../search/filter.ts";

const sortable = {
  name: { name: "name", type: "text" },
  experiment_id: { name: "experiment_id", type: "text" },
  creation_time: { name: "creation_time", type: "number" },
  last_update_time: { name: "last_update_time", type: "number" },
} as const;

/** Fields by which experiments can be filtered. */
export const experimentVocabulary: Vocabulary = {
  entities: { attribute: ["attribute", "attributes"], tag: ["tag", "tags"] },
  types: { tag: "text" },
  attributes: { ...sortable, lifecycle_stage: { name: "lifecycle_stage", type: "text" } },
};

/** Fields by which experiments can be ordered. */
export const experimentOrderVocabulary: Vocabulary = {
  entities: { attribute: ["attribute", "attributes"] },
  types: {},
  attributes: sortable,
};

const columns: Record<string, { value: SQL; type: "text" | "integer" }> = {
  name: { value: sql`experiments.name`, type: "text" },
  experiment_id: { value: sql`experiments.id::text`, type: "text" },
  creation_time: { value: sql`experiments.created_at`, type: "integer" },
  last_update_time: { value: sql`experiments.updated_at`, type: "integer" },
  lifecycle_stage: {
    value: sql`case when experiments.deleted_at is null then 'active' else 'deleted' end`,
    type: "text",
  },
};

/** Returns the sort column of an attribute of an experiment: ids are sorted as numbers, not as text. */
export function experimentSortColumn(name: string): { value: SQL; type: "text" | "integer" } {
  return name === "experiment_id" ? { value: sql`experiments.id`, type: "integer" } : columnOf(name);
}

/** Returns the SQL source of a subject in a filter on experiments. */
export function experimentSource({ entity, key }: Subject): Source {
  if (entity === "attribute") {
    const { value, type } = columnOf(key);
    return attributeSource(value, type);
  }
  return {
    type: "text",
    has: (test) => sql`exists (select from experiment_tags tag
      where tag.workspace_id = experiments.workspace_id and tag.experiment_id = experiments.id and tag.key = ${key}
      ${test ? sql`and ${test(sql`tag.value`)}` : sql``})`,
  };
}

function columnOf(name: string): { value: SQL; type: "text" | "integer" } {
  const column = columns[name];
  if (!column) throw new Error(`An experiment has no attribute ${name}.`);
  return column;
}
