import { DomainError } from "#server/base/errors.ts";
import { trimOf } from "#server/base/text/trim-of.ts";
import { parseRunUri } from "../../tracking/artifacts/run-uri.ts";

/** Declared location of a version's files. */
export type Source =
  | { kind: "logged-model"; loggedModelId: string }
  | { kind: "version"; name: string; version: number }
  | { kind: "alias"; name: string; alias: string }
  | { kind: "run"; runId: string; path: string }
  /** Below the artifact proxy: "mlflow-artifacts:/<path>". */
  | { kind: "artifacts"; path: string }
  /** Elsewhere: s3://, https:// … */
  | { kind: "foreign" };

/**
 * Reads the source of a version by MLflow's rules.
 * @throws DomainError "invalid" for a path of the server's own disk, or one that climbs out of its folder.
 */
export function parseSource(source: string): Source {
  const [, scheme = "", rest = ""] = /^([a-zA-Z][a-zA-Z0-9+.-]*):(.*)$/s.exec(source) ?? [];
  if (scheme === "" || scheme.toLowerCase() === "file") {
    throw new DomainError(
      "invalid",
      `Invalid model version source: '${source}'. To use a local path as a model version source, the run_id request parameter has to be specified and the local path has to be contained within the artifact directory of the run specified by the run_id.`,
    );
  }
  if (climbs(source)) {
    throw new DomainError(
      "invalid",
      `Invalid model version source: '${source}'. If supplying a source as an http, https, local file path, ftp, objectstore, or mlflow-artifacts uri, an absolute path must be provided without relative path references present. Please provide an absolute path.`,
    );
  }
  if (scheme === "models") return parseModelUri(source, rest);
  if (scheme === "runs") {
    const { runId, path } = parseRunUri(source) ?? { runId: "", path: "" };
    return { kind: "run", runId, path };
  }
  // "mlflow-artifacts://host/…" names another server.
  if (scheme === "mlflow-artifacts" && !rest.startsWith("//")) return { kind: "artifacts", path: rest };
  return { kind: "foreign" };
}

/** "/m-<id>", "/<name>/<version>" or "/<name>@<alias>". */
function parseModelUri(source: string, rest: string): Source {
  const path = trimOf(rest, "/");
  if (/^m-[^/@]+$/.test(path)) return { kind: "logged-model", loggedModelId: path };
  const [, name, version] = /^([^/]+)\/(\d+)$/.exec(path) ?? [];
  if (name && version) return { kind: "version", name, version: Number(version) };
  const [, aliasedName, alias] = /^([^/]+)@([^/@]+)$/.exec(path) ?? [];
  if (aliasedName && alias) return { kind: "alias", name: aliasedName, alias };
  throw new DomainError(
    "invalid",
    `Invalid model version source: '${source}'. Name a version as models:/<name>/<version> or models:/<name>@<alias>.`,
  );
}

/** Returns whether there is a ".." segment or a NUL, plain or percent-encoded any number of times. */
function climbs(source: string): boolean {
  let current = source;
  for (let round = 0; round < 10; round++) {
    if (current.includes("\0") || /(^|[/\\:])\.\.([/\\?#]|$)/.test(current)) return true;
    const decoded = current.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
    if (decoded === current) return false;
    current = decoded;
  }
  return true;
}
