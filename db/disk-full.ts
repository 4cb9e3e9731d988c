/** Whether something failed because a disk is full: the system reports it for a file, Postgres for a row (53100). */
export function isDiskFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = "code" in error ? error.code : undefined;
  return code === "ENOSPC" || code === "EDQUOT" || code === "53100" || isDiskFull(error.cause);
}
