import { trimOf } from "#server/base/text/trim-of.ts";
import { parseRunUri } from "#server/develop/tracking/artifacts/run-uri.ts";

/** Location of a version's files at its source, in terms of imported items. */
export type VersionLocation =
  | { kind: "run"; runId: string; path: string }
  | { kind: "logged-model"; modelId: string }
  | { kind: "version"; source: string }
  | { kind: "elsewhere"; source: string };

/**
 * Determines the location of a version's files. URIs of artifact stores contain the id of the run or logged model before "artifacts", after
 * any prefix: "mlflow-artifacts:/1/<run>/artifacts/model", "s3://bucket/1/<run>/artifacts/model", "file:///…".
 */
export function locateVersion(source: string): VersionLocation {
  const named = parseRunUri(source);
  if (named) return { kind: "run", ...named };
  const [, modelId] = /^models:\/+(m-[^/@]+)\/*$/.exec(source) ?? [];
  if (modelId) return { kind: "logged-model", modelId };
  if (source.startsWith("models:")) return { kind: "version", source };
  const [, loggedModel] = /\/models\/(m-[0-9a-f]{32})\/artifacts(?:\/|$)/.exec(source) ?? [];
  if (loggedModel) return { kind: "logged-model", modelId: loggedModel };
  const [, run, rest = ""] = /\/([0-9a-f]{32})\/artifacts(?:\/(.*))?$/s.exec(source) ?? [];
  if (run) return { kind: "run", runId: run, path: trimOf(rest, "/") };
  return { kind: "elsewhere", source };
}
