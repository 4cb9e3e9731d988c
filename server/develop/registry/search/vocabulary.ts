import { type SQL, sql } from "drizzle-orm";
import { attributeSource, type Source } from "#server/develop/tracking/search/compile.ts";
import type { Clause, Filter, Subject, Vocabulary } from "#server/develop/tracking/search/filter.ts";

/** Marks a prompt, which MLflow stores as a registered model. */
export const promptTag = "mlflow.prompt.is_prompt";

const text = (name: string) => ({ name, type: "text" as const });
const number = (name: string) => ({ name, type: "number" as const });
const attribute = ["attribute", "attributes"];
const filtered = { entities: { attribute, tag: ["tag", "tags"] }, types: { tag: "text" } } as const;
const ordered = { entities: { attribute }, types: {} };
const times = {
  creation_timestamp: number("creation_timestamp"),
  last_updated_timestamp: number("last_updated_timestamp"),
};

export interface SearchVocabulary {
  filter: Vocabulary;
  order: Vocabulary;
  columns: Record<string, { value: SQL; type: "text" | "integer" }>;
  tags: SQL;
}

/** Registered models, as "model". MLflow calls the time of the last update "timestamp" too. */
export const modelSearch: SearchVocabulary = {
  filter: { ...filtered, attributes: { name: text("name") } },
  order: { ...ordered, attributes: { name: text("name"), ...times, timestamp: number("last_updated_timestamp") } },
  columns: {
    name: { value: sql`model.name`, type: "text" },
    creation_timestamp: { value: sql`model.created_at`, type: "integer" },
    last_updated_timestamp: { value: sql`model.updated_at`, type: "integer" },
  },
  tags: sql`registered_model_tags tag where tag.model_id = model.id`,
};

/** Versions, as "version", with their models as "model". */
export const versionSearch: SearchVocabulary = {
  filter: {
    ...filtered,
    attributes: {
      name: text("name"),
      source_path: text("source_path"),
      source: text("source_path"),
      run_id: text("run_id"),
      version_number: { name: "version_number", type: "quotable number" },
      version: { name: "version_number", type: "quotable number" },
      current_stage: text("current_stage"),
      ...times,
    },
  },
  order: { ...ordered, attributes: { name: text("name"), version_number: number("version_number"), ...times } },
  columns: {
    name: { value: sql`model.name`, type: "text" },
    source_path: { value: sql`version.source`, type: "text" },
    run_id: { value: sql`version.run_id`, type: "text" },
    version_number: { value: sql`version.version`, type: "integer" },
    current_stage: { value: sql`version.stage`, type: "text" },
    creation_timestamp: { value: sql`version.created_at`, type: "integer" },
    last_updated_timestamp: { value: sql`version.updated_at`, type: "integer" },
  },
  tags: sql`model_version_tags tag where tag.version_id = version.id`,
};

/** Returns the column of an attribute. */
export function columnOf({ columns }: SearchVocabulary, name: string): { value: SQL; type: "text" | "integer" } {
  const column = columns[name];
  if (!column) throw new Error(`Unknown attribute ${name}.`);
  return column;
}

/** Returns the SQL source of a filter's subject. A model without the prompt tag is treated as if the tag were "false". */
export function sourceOf(vocabulary: SearchVocabulary, { entity, key }: Subject): Source {
  if (entity === "attribute") {
    const { value, type } = columnOf(vocabulary, key);
    return attributeSource(value, type);
  }
  const ofKey = sql`${vocabulary.tags} and tag.key = ${key}`;
  return {
    type: "text",
    has: (test) => {
      if (!test) return sql`exists (select from ${ofKey})`;
      if (key === promptTag) return test(sql`coalesce((select tag.value from ${ofKey}), 'false')`);
      return sql`exists (select from ${ofKey} and ${test(sql`tag.value`)})`;
    },
  };
}

/** Returns every clause of a filter. */
export function clausesOf(filter: Filter): Clause[] {
  if ("parts" in filter) return filter.parts.flatMap(clausesOf);
  return "part" in filter ? clausesOf(filter.part) : [filter];
}
