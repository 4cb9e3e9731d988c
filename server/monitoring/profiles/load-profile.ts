import { and, asc, desc, eq, inArray, isNull } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { referenceFeatures, referenceProfiles } from "#db/schema/index.ts";
import type { FeatureProfile, ProfiledFeature } from "../state/contract.ts";
import type { Calibration, ProfileSource, ReferenceQuality } from "./contract.ts";

/** A reference with all of its features, as counting and judging need it. Once ready it never changes. */
export interface LoadedProfile {
  id: string;
  workspaceId: string;
  versionId: string;
  source: ProfileSource;
  /** Rows that the inputs stand on; outputs stand on fewer, see their counts. */
  rows: number;
  /** In the order of packed states. */
  features: ProfiledFeature[];
  quality: ReferenceQuality | null;
  calibration: Calibration | null;
  importances: Record<string, number> | null;
  /** Of the artifact store; see readSample. */
  sampleKey: string | null;
}

/** A thousand features take some 10 MB. */
const mostCached = 64;
const cache = new Map<string, LoadedProfile>();

/**
 * A reference by its id, remembered in this process. Who asks has found the id among what its workspace may see.
 * @returns undefined for one that is gone or not ready.
 */
export async function loadProfile(db: Database, profileId: string): Promise<LoadedProfile | undefined> {
  const known = cache.get(profileId);
  if (known) return known;
  const [row] = await db
    .select()
    .from(referenceProfiles)
    .where(and(eq(referenceProfiles.id, profileId), eq(referenceProfiles.state, "ready")));
  if (!row) return undefined;
  const features = await db
    .select({ name: referenceFeatures.name, role: referenceFeatures.role, profile: referenceFeatures.profile })
    .from(referenceFeatures)
    .where(eq(referenceFeatures.profileId, profileId))
    .orderBy(asc(referenceFeatures.ordinal));
  const { id, workspaceId, versionId, sampleKey } = row;
  const loaded: LoadedProfile = {
    ...{ id, workspaceId, versionId, sampleKey },
    source: row.source as ProfileSource,
    rows: row.rows ?? 0,
    features: features.map((feature) => ({ ...feature, profile: feature.profile as FeatureProfile })),
    quality: row.quality as ReferenceQuality | null,
    calibration: row.calibration as Calibration | null,
    importances: row.importances as Record<string, number> | null,
  };
  for (const oldest of cache.keys()) {
    if (cache.size < mostCached) break;
    cache.delete(oldest);
  }
  cache.set(profileId, loaded);
  return loaded;
}

/** Ids of the references in force, by version: the newest that is ready and not retired. Versions without one are left out. */
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
