import { runtime } from "#app/_lib/context.ts";
import { maxPreviewBytes, previewKind } from "#components/develop/tracking/artifacts/artifact-preview.ts";
import type { ComparedFile } from "#components/develop/tracking/compare/compare-artifacts.tsx";
import { firstShown, sharedFiles } from "#components/develop/tracking/compare/shared-files.ts";
import type { Context } from "#server/base/context.ts";
import { log } from "#server/base/log.ts";
import type { RunFiles } from "#server/develop/tracking/compare/contract.ts";
import { listRunFiles } from "#server/develop/tracking/compare/file-queries.ts";
import type { Run } from "#server/develop/tracking/runs/contract.ts";
import { readText } from "../read-text.ts";

/** Reads the files of runs, and each run's file at `wanted`, or at the most informative path. Omits and reports runs that fail. */
export async function readArtifacts(ctx: Context, runs: readonly Run[], wanted: string) {
  const unreadable: string[] = [];
  const all = await Promise.all(
    runs.map(async (run): Promise<RunFiles> => {
      try {
        return await listRunFiles(ctx, runtime().artifacts, run.id);
      } catch (cause) {
        log.error("artifacts.unreadable", { cause, runId: run.id });
        unreadable.push(run.name);
        return { runId: run.id, files: [], isCut: false };
      }
    }),
  );
  const files = sharedFiles(all);
  const path = wanted || firstShown(files);
  const kind = previewKind(path.slice(path.lastIndexOf("/") + 1));
  const isText = kind === "text" || kind === "json";
  const compared = await Promise.all(
    runs.map(async (run, index): Promise<ComparedFile> => {
      const sizeBytes = all[index]?.files.find((file) => file.path === path)?.sizeBytes;
      const text =
        isText && sizeBytes !== undefined ? await readText(ctx, run, path, { end: maxPreviewBytes }) : undefined;
      return { runId: run.id, runName: run.name, sizeBytes, text };
    }),
  );
  const failed =
    unreadable.length > 0
      ? `Could not read the artifacts of ${unreadable.join(", ")}. Reload the page; see the server log for details.`
      : undefined;
  return { files, isCut: all.some(({ isCut }) => isCut), path, kind, compared, failed };
}
