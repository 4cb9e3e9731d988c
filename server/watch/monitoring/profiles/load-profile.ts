import { and, asc, desc, eq, inArray, isNull } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { referenceFeatures, referenceProfiles } from "#db/schema/index.ts";
import type { Stored } from "#db/schema/json-columns.ts";
import type { ProfiledFeature } from "../state/contract.ts";
import type { Calibration, ProfileSource, ReferenceQuality } from "./contract.ts";

/** A reference with all of its features, as counting and judging need it. Once ready it never changes. */
export interface LoadedProfile {
  id: string;
  workspaceId: string;
  versionId: string;
  source: Stored<ProfileSource>;
  /** Number of rows behind the inputs; outputs have fewer, see their counts. */
  rows: number;
  /** In the order of packed states. */
  features: ProfiledFeature[];
  quality: ReferenceQuality | null;
  calibration: Calibration | null;
  importances: Record<string, number> | null;
  /** Key in the artifact store; see readSample. */
  sampleKey: string | null;
}

/** In all of them together: a thousand features take some 10 MB. */
const maxCachedFeatures = 64_000;
const cache = new Map<string, LoadedProfile>();
let cachedFeatures = 0;

/**
 * Returns a reference by its id, cached in this process. The caller has found the id in its own workspace.
 * @returns undefined if the reference is deleted or not ready.
 */
export async function loadProfile(db: Database, profileId: string): Promise<LoadedProfile | undefined> {
  return (await loadProfiles(db, [profileId])).get(profileId);
}

/** Returns several references by id; those that are not cached are read together. */
export async function loadProfiles(db: Database, ids: Iterable<string>): Promise<Map<string, LoadedProfile>> {
  const wanted = [...new Set(ids)];
  const loaded = await readProfiles(
    db,
    wanted.filter((id) => !cache.has(id)),
  );
  const found = wanted.flatMap((id) => cache.get(id) ?? loaded.get(id) ?? []);
  for (const profile of loaded.values()) remember(profile);
  return new Map(found.map((profile) => [profile.id, profile]));
}

async function readProfiles(db: Database, ids: string[]): Promise<Map<string, LoadedProfile>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .select()
    .from(referenceProfiles)
    .where(and(inArray(referenceProfiles.id, ids), eq(referenceProfiles.state, "ready")));
  const { profileId, name, role, profile } = referenceFeatures;
  const features = await db
    .select({ profileId, name, role, profile })
    .from(referenceFeatures)
    .where(inArray(profileId, ids))
    .orderBy(asc(profileId), asc(referenceFeatures.ordinal));
  const featuresOf = Map.groupBy(features, (feature) => feature.profileId);
  return new Map(rows.map((row) => [row.id, profileOf(row, featuresOf.get(row.id) ?? [])]));
}

function profileOf(
  row: typeof referenceProfiles.$inferSelect,
  features: readonly Pick<typeof referenceFeatures.$inferSelect, "name" | "role" | "profile">[],
): LoadedProfile {
  const { id, workspaceId, versionId, sampleKey } = row;
  return {
    id,
    workspaceId,
    versionId,
    sampleKey,
    source: row.source,
    rows: row.rows ?? 0,
    features: features.map(({ name, role, profile }) => ({ name, role, profile })),
    quality: row.quality,
    calibration: row.calibration,
    importances: row.importances,
  };
}

/** Adds a profile to the cache, evicting the oldest entries. */
function remember(profile: LoadedProfile): void {
  // Two concurrent callers may both have read it.
  evict(cache.get(profile.id));
  for (const oldest of cache.values()) {
    if (cachedFeatures + weightOf(profile) <= maxCachedFeatures) break;
    evict(oldest);
  }
  cache.set(profile.id, profile);
  cachedFeatures += weightOf(profile);
}

function evict(profile: LoadedProfile | undefined): void {
  if (profile && cache.delete(profile.id)) cachedFeatures -= weightOf(profile);
}

/** Returns the cache weight. A profile without features takes memory too. */
function weightOf({ features }: LoadedProfile): number {
  return features.length + 1;
}

/** Returns the ids of the active references, by version: the newest that is ready and not retired. Versions without one are left out. */
export async function activeProfiles(db: Database, versionIds: readonly string[]): Promise<Map<string, string>> {
  if (versionIds.length === 0) return new Map();
  const rows = await db
    .selectDistinctOn([referenceProfiles.versionId], {
      id: referenceProfiles.id,
      versionId: referenceProfiles.versionId,
    })
    .from(referenceProfiles)
    .where(
      and(
        inArray(referenceProfiles.versionId, [...versionIds]),
        eq(referenceProfiles.state, "ready"),
        isNull(referenceProfiles.retiredAt),
      ),
    )
    .orderBy(referenceProfiles.versionId, desc(referenceProfiles.createdAt), desc(referenceProfiles.id));
  return new Map(rows.map(({ id, versionId }) => [versionId, id]));
}
