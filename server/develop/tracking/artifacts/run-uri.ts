import { trimStartOf } from "#server/base/text/trim-of.ts";

/** Parses "runs:/<id>/<path>", as MLflow's client writes it; undefined for another address. The path may be empty. */
export function parseRunUri(uri: string): { runId: string; path: string } | undefined {
  const [, runId, path = ""] = /^runs:\/+([^/]+)(?:\/(.*))?$/s.exec(uri) ?? [];
  return runId === undefined ? undefined : { runId, path: trimStartOf(path, "/") };
}
