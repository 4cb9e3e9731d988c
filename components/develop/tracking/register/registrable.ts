import type { RunFiles } from "#server/develop/tracking/compare/contract.ts";
import type { LoggedModel } from "#server/develop/tracking/models/contract.ts";

/** Something of a run that can become a version. */
export interface Registrable {
  /** Identity within the run, for a choice. */
  key: string;
  label: string;
  source: { loggedModelId: string } | { path: string };
}

/**
 * Lists what of a run can be registered: models that it logged, newest first, then ONNX files among its artifacts and folders that
 * MLflow's older clients logged as models.
 */
export function listRegistrable(models: readonly LoggedModel[], files: RunFiles["files"]): Registrable[] {
  const ready = models.filter(({ status }) => status === "LOGGED_MODEL_READY").toReversed();
  const logged = ready.map(
    ({ id, name, modelType }): Registrable => ({
      key: id,
      label: `${name}${modelType ? `, ${modelType}` : ""} (logged model)`,
      source: { loggedModelId: id },
    }),
  );
  const folders = files
    .filter(({ path }) => path.endsWith("/MLmodel"))
    .map(({ path }) => path.slice(0, -"/MLmodel".length));
  const inFolder = (path: string) => folders.some((folder) => path.startsWith(`${folder}/`));
  const onnx = files.map(({ path }) => path).filter((path) => /\.onnx$/i.test(path) && !inFolder(path));
  return [
    ...logged,
    ...[...folders, ...onnx].map((path): Registrable => ({ key: path, label: path, source: { path } })),
  ];
}
