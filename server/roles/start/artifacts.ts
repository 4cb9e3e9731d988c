import { StartError } from "#db/start-error.ts";
import type { ArtifactLocation } from "#server/platform/artifacts/artifact-location.ts";
import { openStore } from "#server/platform/artifacts/open-store.ts";

/** Checks the artifact store. @throws StartError that names the variable to check when its bucket is not writable. */
export async function requireArtifacts(location: ArtifactLocation): Promise<void> {
  if (location.kind === "folder") return;
  const store = await openStore(location);
  await store.check().catch((cause: Error) => {
    throw new StartError(cause.message);
  });
}
