/** Writes a name for DuckDB: quoted, so that nothing in it is SQL. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Writes a text for DuckDB as a literal. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
