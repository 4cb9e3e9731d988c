/** Classes and codes of SQLSTATE that mean "not now": connection lost, too many connections, starting or stopping. */
const awayStates = /^(08...|53300|57P0[123])$/;
const socketCodes = new Set(["ECONNREFUSED", "ECONNRESET", "ENOENT", "ENOTFOUND", "EAI_AGAIN", "EPIPE", "ETIMEDOUT"]);
/** Driver messages of connection errors that carry no code. */
const awayMessages =
  /^(Connection terminated|Query read timeout|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed|Cannot use a pool after calling end)/;

interface CodedError extends Error {
  code?: string;
  /** Present on errors of sockets and files; a file's also have a path. */
  syscall?: string;
  path?: string;
}

/** Whether a query failed because Postgres could not be reached, not because of the query itself; such a query is worth retrying later. */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code = "", syscall, message } = error as CodedError;
  const isSocket = syscall !== undefined && ["connect", "getaddrinfo", "read", "write"].includes(syscall);
  if (awayStates.test(code) || awayMessages.test(message) || (isSocket && socketCodes.has(code))) return true;
  if (error instanceof AggregateError && error.errors.some(isDatabaseUnavailable)) return true;
  return isDatabaseUnavailable(error.cause);
}
