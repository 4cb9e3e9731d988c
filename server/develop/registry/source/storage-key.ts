import { and, eq } from "drizzle-orm";
import { runs } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { artifactKey, parseArtifactPath } from "#server/platform/artifacts/artifact-key.ts";
import { parseSource } from "./source.ts";

/**
 * Returns the key in the artifact store of the folder or file that a version's storage location names.
 * @throws DomainError "invalid" if Leeway cannot access it.
 */
export async function storageKey(ctx: Context, location: string): Promise<string> {
  const source = parseSource(location);
  if (source.kind === "artifacts") return keyOf(ctx, source.path);
  if (source.kind === "run") {
    const [run] = await ctx.db
      .select({ artifactUri: runs.artifactUri })
      .from(runs)
      .where(and(eq(runs.workspaceId, ctx.actor.workspaceId), eq(runs.id, source.runId)));
    if (!run) throw new DomainError("invalid", `The run ${source.runId} it was registered from does not exist.`);
    const root = parseSource(run.artifactUri);
    if (root.kind === "artifacts") return keyOf(ctx, `${root.path}/${source.path}`);
  }
  throw new DomainError("invalid", `Leeway cannot read ${location}. Log the model to Leeway, or upload its ONNX file.`);
}

function keyOf(ctx: Context, path: string): string {
  const segments = path.split("/").filter((segment) => segment !== "");
  if (segments.length === 0) throw new DomainError("invalid", "The version has no artifact location.");
  return artifactKey(ctx.actor.workspaceId, parseArtifactPath(segments.join("/")));
}
