/** Parts of the filter language that the screen writes by itself. */

const attributes: Record<string, string> = {
  status: "status",
  by: "user_id",
  dataset: "datasets.digest",
  commit: "tags.mlflow.source.git.commit",
};

/** The field of the filter language that a column or group shows: "params.lr", "tags.`a b`", "user_id"; undefined when there is none. */
export function fieldOf(column: string): string | undefined {
  const [, kind, key] = /^(metrics|params|tags)\.(.+)$/s.exec(column) ?? [];
  if (!kind || !key) return attributes[column];
  return `${kind}.${/^[\p{L}\p{N}_]+(\.[\p{L}\p{N}_]+)*$/u.test(key) ? key : `\`${key.replaceAll("`", "``")}\``}`;
}

/** The clause that a run has this value, or none; undefined for a column that cannot be filtered by. */
export function clauseOf(column: string, value: string | null): string | undefined {
  const field = fieldOf(column);
  if (field === undefined) return undefined;
  if (value !== null) return `${field} = ${quoted(value)}`;
  // Who started a run is never absent, only empty.
  return column === "by" ? `${field} = ''` : `${field} IS NULL`;
}

/** A query that also asks for a clause; once, though it is asked for twice. */
export function addClause(query: string, clause: string): string {
  if (query === "" || query === clause) return clause;
  const parts = query.split(/ AND /);
  if (parts.includes(clause)) return query;
  return `${hasOr(query) ? `(${query})` : query} AND ${clause}`;
}

/** Text in the quotes of the filter language. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function hasOr(query: string): boolean {
  return /\bor\b/i.test(query.replaceAll(/'[^']*'|"[^"]*"|`[^`]*`/g, ""));
}
