/**
 * Locates an error in a query, for underlining.
 * @param column counted from 1, as the error message gives it; without one, the error applies to the complete query.
 */
export function locateComplaint(
  query: string,
  message: string,
  column: number | undefined,
): { message: string; from?: number; to?: number } {
  if (column === undefined) return { message };
  const from = Math.min(column, query.length) - 1;
  const word = /^(?:[\p{L}\p{N}_.`]+|'[^']*'?|"[^"]*"?|[^\s\p{L}\p{N}]+)/u.exec(query.slice(from))?.[0] ?? "";
  return { message, from, to: from + Math.max(1, word.length) };
}
