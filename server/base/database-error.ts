/** Returns the error of Postgres or the network without the query and its values, which must not be logged. */
export function databaseError(error: unknown): { message: string; code: string } {
  let root = error;
  while (root instanceof Error && root.cause instanceof Error) root = root.cause;
  const message = root instanceof Error ? root.message : String(root);
  return { message, code: root instanceof Error && "code" in root ? String(root.code) : "" };
}
