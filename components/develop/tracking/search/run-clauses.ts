/** Clauses of the filter language that the UI generates. */

const attributes: Record<string, string> = {
  status: "status",
  by: "user_id",
  dataset: "datasets.digest",
  commit: "tags.mlflow.source.git.commit",
};

/** Returns the filter field of a column or group: "params.lr", "tags.`a b`", "user_id"; undefined without one. */
export function fieldOf(column: string): string | undefined {
  const [, kind, key] = /^(metrics|params|tags)\.(.+)$/s.exec(column) ?? [];
  if (!kind || !key) return attributes[column];
  return `${kind}.${/^[\p{L}\p{N}_]+(\.[\p{L}\p{N}_]+)*$/u.test(key) ? key : `\`${key.replaceAll("`", "``")}\``}`;
}

/** Returns the clause that matches runs with this value, or without any for null; undefined for a column that cannot be filtered. */
export function clauseOf(column: string, value: string | null): string | undefined {
  const field = fieldOf(column);
  if (field === undefined) return undefined;
  if (value !== null) return `${field} = ${quoted(value)}`;
  // The user of a run is never null, only empty.
  return column === "by" ? `${field} = ''` : `${field} IS NULL`;
}

/** Adds a clause to a query, unless the query already contains it. */
export function addClause(query: string, clause: string): string {
  if (query === "" || query === clause) return clause;
  const parts = query.split(/ AND /);
  if (parts.includes(clause)) return query;
  return `${hasOr(query) ? `(${query})` : query} AND ${clause}`;
}

/** Quotes text for the filter language. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function hasOr(query: string): boolean {
  return /\bor\b/i.test(query.replaceAll(/'[^']*'|"[^"]*"|`[^`]*`/g, ""));
}
