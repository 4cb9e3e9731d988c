import { type SQL, sql } from "drizzle-orm";
import { attributeSource, type Source } from "../search/compile.ts";
import type { Subject, Vocabulary } from "../search/filter.ts";

const text = (name: string) => ({ name, type: "text" as const });
const number = (name: string) => ({ name, type: "number" as const });
const attribute = ["attribute", "attributes"];

const sortable = {
  name: text("name"),
  dataset_id: text("dataset_id"),
  created_by: text("created_by"),
  last_updated_by: text("last_updated_by"),
  created_time: number("created_time"),
  last_update_time: number("last_update_time"),
};

/** Fields by which evaluation datasets can be filtered. */
export const evaluationVocabulary: Vocabulary = {
  entities: { attribute, tag: ["tag", "tags"] },
  types: { tag: "text" },
  attributes: sortable,
};

/** Fields by which evaluation datasets can be ordered. */
export const evaluationOrderVocabulary: Vocabulary = { entities: { attribute }, types: {}, attributes: sortable };

const columns: Record<string, { value: SQL; type: "text" | "integer" }> = {
  name: { value: sql`dataset.name`, type: "text" },
  dataset_id: { value: sql`dataset.id`, type: "text" },
  created_by: { value: sql`dataset.created_by`, type: "text" },
  last_updated_by: { value: sql`dataset.updated_by`, type: "text" },
  created_time: { value: sql`dataset.created_at`, type: "integer" },
  last_update_time: { value: sql`dataset.updated_at`, type: "integer" },
};

/** Returns the column of an attribute of an evaluation dataset. */
export function evaluationColumn(name: string): { value: SQL; type: "text" | "integer" } {
  const column = columns[name];
  if (!column) throw new Error(`An evaluation dataset has no attribute ${name}.`);
  return column;
}

/** Returns the SQL source of a subject in a filter on evaluation datasets. */
export function evaluationSource({ entity, key }: Subject): Source {
  if (entity === "tag") return attributeSource(sql`(dataset.tags ->> ${key}::text)`, "text");
  const { value, type } = evaluationColumn(key);
  return attributeSource(value, type);
}
