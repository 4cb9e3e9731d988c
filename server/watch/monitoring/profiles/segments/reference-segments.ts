import { and, eq, inArray } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { modelVersions, referenceSegments } from "#db/schema/index.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { packState } from "../../state/pack-state.ts";
import { unpackState } from "../../state/unpack-state.ts";
import type { LoadedProfile } from "../load-profile.ts";
import { readSample } from "../sample.ts";
import { versionSides } from "../version-sides.ts";
import { segmentFeatures } from "./segment-profile.ts";
import { segmentStates } from "./segment-states.ts";

/**
 * Counts the sample of a reference by segments of the given features, unless already counted. Safe to repeat, also concurrently. A
 * reference without a sample, or without the feature, has no segments: tags that only live requests carry are not evaluated.
 */
export async function ensureSegments(
  db: Database,
  profile: LoadedProfile,
  names: readonly string[],
  store: Pick<ArtifactStore, "open">,
): Promise<void> {
  const counted = await countedNames(db, profile.id, names);
  const missing = names.filter((name) => !counted.has(markOf(name)));
  if (missing.length === 0) return;
  const [version] = await db.select().from(modelVersions).where(eq(modelVersions.id, profile.versionId));
  if (!version) return;
  const rows = await readSample(store, profile);
  const empty = Buffer.alloc(0);
  for (const name of missing) {
    const states = segmentStates(profile, versionSides(version), rows, name);
    const found = [...states].map(([segment, state]) => ({ segment, rows: state.rows, state: packState(state) }));
    const all = [...found, { segment: markOf(name), rows: 0, state: empty }];
    const { workspaceId, id: profileId } = profile;
    await db
      .insert(referenceSegments)
      .values(all.map((row) => ({ workspaceId, profileId, ...row })))
      .onConflictDoNothing();
  }
}

/**
 * Returns a reference restricted to its rows of one segment, or the complete one for "".
 * @returns undefined when nothing is known about the segment, so that it cannot be evaluated
 */
export async function profileOfSegment(
  db: Database,
  profile: LoadedProfile,
  segment: string,
): Promise<LoadedProfile | undefined> {
  if (segment === "") return profile;
  const [row] = await db
    .select({ rows: referenceSegments.rows, state: referenceSegments.state })
    .from(referenceSegments)
    .where(and(eq(referenceSegments.profileId, profile.id), eq(referenceSegments.segment, segment)));
  if (!row || row.rows === 0) return undefined;
  return { ...profile, rows: row.rows, features: segmentFeatures(profile.features, unpackState(row.state)) };
}

function markOf(name: string): string {
  return `${name}=`;
}

async function countedNames(db: Database, profileId: string, names: readonly string[]): Promise<Set<string>> {
  if (names.length === 0) return new Set();
  const rows = await db
    .select({ segment: referenceSegments.segment })
    .from(referenceSegments)
    .where(and(eq(referenceSegments.profileId, profileId), inArray(referenceSegments.segment, names.map(markOf))));
  return new Set(rows.map(({ segment }) => segment));
}
