import { type SQL, sql } from "drizzle-orm";
import { attributeSource, type Source } from "../search/compile.ts";
import type { Subject, Vocabulary } from "../search/filter.ts";
import { nameTag, sourceRunKey } from "./rows.ts";

const text = (name: string) => ({ name, type: "text" as const });
const number = (name: string) => ({ name, type: "number" as const });
const attribute = ["attribute", "attributes", "trace"];

const sortable = {
  trace_id: text("trace_id"),
  request_id: text("trace_id"),
  experiment_id: text("experiment_id"),
  timestamp: number("timestamp_ms"),
  timestamp_ms: number("timestamp_ms"),
  execution_time: number("execution_time_ms"),
  execution_time_ms: number("execution_time_ms"),
  end_time: number("end_time_ms"),
  end_time_ms: number("end_time_ms"),
  status: text("status"),
  name: text("name"),
  run_id: text("run_id"),
};

/** Fields by which traces can be filtered. Values of assessments are any JSON: numbers compare with numbers, all else as text. */
export const traceVocabulary: Vocabulary = {
  entities: {
    attribute,
    tag: ["tag", "tags"],
    metadata: ["metadata", "request_metadata"],
    span: ["span", "spans"],
    feedback: ["feedback"],
    expectation: ["expectation"],
    issue: ["issue"],
  },
  types: { tag: "text", metadata: "text", span: "text", feedback: "either", expectation: "either", issue: "text" },
  keys: { issue: ["id"], span: ["name", "type", "status", "content", "attributes.*"] },
  attributes: { ...sortable, client_request_id: text("client_request_id"), text: text("text"), prompt: text("prompt") },
};

/** Fields by which traces can be ordered. */
export const traceOrderVocabulary: Vocabulary = { entities: { attribute }, types: {}, attributes: sortable };

const columns: Record<string, { value: SQL; type: "text" | "integer" }> = {
  trace_id: { value: sql`traces.id`, type: "text" },
  experiment_id: { value: sql`traces.experiment_id::text`, type: "text" },
  timestamp_ms: { value: sql`traces.started_at`, type: "integer" },
  execution_time_ms: { value: sql`traces.duration_ms`, type: "integer" },
  end_time_ms: { value: sql`(traces.started_at + traces.duration_ms)`, type: "integer" },
  status: { value: sql`traces.state`, type: "text" },
  name: { value: sql`(traces.tags ->> ${nameTag}::text)`, type: "text" },
  run_id: { value: sql`(traces.metadata ->> ${sourceRunKey}::text)`, type: "text" },
  client_request_id: { value: sql`traces.client_request_id`, type: "text" },
};

/** Returns the column of an attribute of a trace. */
export function traceColumn(name: string): { value: SQL; type: "text" | "integer" } {
  const column = columns[name];
  if (!column) throw new Error(`A trace has no attribute ${name}.`);
  return column;
}

/** Returns the SQL source of a subject in a filter on traces. A clause on spans or assessments is true if any one satisfies it. */
export function traceSource({ entity, key }: Subject): Source {
  // Leeway stores no issues, so no trace has any.
  if (entity === "issue") return { type: "text", has: () => sql`false` };
  if (entity === "span") return spanSource(key);
  if (entity === "attribute" && key === "text") return spanSource("content");
  if (entity === "attribute" && key === "prompt") return promptSource;
  if (entity === "feedback" || entity === "expectation") return assessmentSource(entity, key);
  if (entity === "tag") return attributeSource(sql`(traces.tags ->> ${key}::text)`, "text");
  if (entity === "metadata") return attributeSource(sql`(traces.metadata ->> ${key}::text)`, "text");
  const { value, type } = traceColumn(key);
  return attributeSource(value, type);
}

/** Finds the prompts in the tag in which clients list them as JSON. The tag may be anything, so it is not parsed as JSON. */
const linkedPrompt = '"name": *"([^"]*)", *"version": *"([^"]*)"';

/** Prompts that an application used for a trace, as "name/version". */
const promptSource: Source = {
  type: "text",
  has: (test) => sql`exists (
    select from regexp_matches(coalesce(traces.tags ->> 'mlflow.linkedPrompts', ''), ${linkedPrompt}, 'g') as prompt (parts)
    where ${test ? test(sql`(parts[1] || '/' || parts[2])`) : sql`true`})`,
};

function spanSource(key: string): Source {
  const inSpan: Record<string, SQL> = {
    name: sql`span.name`,
    type: sql`span.type`,
    status: sql`span.status`,
    content: sql`span.content`,
  };
  const value = inSpan[key] ?? sql`(span.attributes ->> ${key.slice("attributes.".length)}::text)`;
  return {
    type: "text",
    has: (test) => sql`exists (select from trace_spans span
      where span.workspace_id = traces.workspace_id and span.trace_id = traces.id
        and ${test ? test(value) : sql`${value} is not null`})`,
  };
}

function assessmentSource(kind: "feedback" | "expectation", name: string): Source {
  const json = sql`assessment.value::jsonb`;
  const has = (value: SQL): Source["has"] => {
    return (test) => sql`exists (select from trace_assessments assessment
      where assessment.workspace_id = traces.workspace_id and assessment.trace_id = traces.id
        and assessment.kind = ${kind} and assessment.name = ${name} and assessment.is_valid
        and ${test ? test(value) : sql`true`})`;
  };
  // A case expression, because Postgres may cast before it evaluates a condition beside it.
  const asNumber = sql`(case when jsonb_typeof(${json}) = 'number' then (${json})::text::double precision end)`;
  return { type: "text", has: has(sql`(${json} #>> '{}')`), asNumber: { type: "double", has: has(asNumber) } };
}
