import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { keepArtifacts } from "#server/platform/artifacts/keep-artifacts.ts";
import { shownFileKey } from "./shown-file-key.ts";

/** Keys of one statement. */
const batch = 5_000;

/**
 * Keeps the files that new data of tasks name, until the transaction of the caller has stored the data: what was listed for removal is no longer. To be
 * called before tasks are locked. @throws DomainError "unavailable" if one is being removed at this moment
 */
export async function keepShownFiles(ctx: Context, data: Iterable<unknown>): Promise<void> {
  const keys = new Set<string>();
  for (const shown of data) {
    for (const artifact of artifactsIn(shown)) {
      const key = keyOf(ctx, artifact);
      if (key !== undefined) keys.add(key);
    }
  }
  const sorted = [...keys].sort();
  for (let at = 0; at < sorted.length; at += batch) await keepArtifacts(ctx, sorted.slice(at, at + batch));
}

/** Paths of files at any depth of data, which may be deep. */
function* artifactsIn(data: unknown): Generator<string> {
  const open = [data];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (typeof value !== "object" || value === null) continue;
    if ("artifact" in value && typeof value.artifact === "string") yield value.artifact;
    for (const inner of Object.values(value)) if (typeof inner === "object" && inner !== null) open.push(inner);
  }
}

/** Data of imported tasks come from outside: a path that climbs is none of a file, and stays text. */
function keyOf({ actor }: Context, artifact: string): string | undefined {
  try {
    return shownFileKey(actor.workspaceId, { artifact });
  } catch (error) {
    if (error instanceof DomainError) return undefined;
    throw error;
  }
}
