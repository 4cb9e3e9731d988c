import { DomainError } from "#server/base/errors.ts";

/** How the connection is encrypted. "verify-full" checks the certificate and its name; "require" neither. */
type SslMode = "disable" | "require" | "verify-full";

export interface ParsedConnection {
  host: string;
  port: number;
  database: string;
  user: string;
  password: string;
  sslMode: SslMode;
  /** For people: without the password. */
  address: string;
}

const sslModes: readonly string[] = ["disable", "require", "verify-full"] satisfies SslMode[];

/**
 * Reads a connection string. Only `sslmode` is read of its parameters: others name files and programs of this machine.
 * @throws DomainError "invalid"
 */
export function parseConnection(text: string): ParsedConnection {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !["postgresql:", "postgres:"].includes(url.protocol)) {
    throw invalid("The URL has to be postgresql://user:password@host:port/database.");
  }
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const [database, user, password] = [url.pathname.slice(1), url.username, url.password].map(decoded) as [
    string,
    string,
    string,
  ];
  // An empty host, or one that is a path, is a socket of this machine.
  if (!host || /[/\\%]/.test(host)) throw invalid("The URL names no host.");
  if (!database || database.includes("/")) throw invalid("The URL names no database.");
  if (!user) throw invalid("The URL names no user. Use one that may only read.");
  for (const name of url.searchParams.keys()) {
    if (name !== "sslmode") throw invalid(`The parameter "${name.slice(0, 60)}" is not supported; only sslmode is.`);
  }
  const sslMode = url.searchParams.get("sslmode") ?? "disable";
  if (!sslModes.includes(sslMode)) throw invalid(`sslmode can be ${sslModes.join(", ")}.`);
  const port = url.port === "" ? 5432 : Number(url.port);
  const address = `${user}@${host}:${port}/${database}`;
  return { host, port, database, user, password, sslMode: sslMode as SslMode, address };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid("The URL is not encoded correctly.");
  }
}

function invalid(message: string): DomainError {
  return new DomainError("invalid", message, { field: "url" });
}
