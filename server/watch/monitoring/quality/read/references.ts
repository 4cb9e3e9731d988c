import type { Context } from "#server/base/context.ts";
import { activeProfiles, type LoadedProfile, loadProfiles } from "../../profiles/load-profile.ts";
import type { StoredSpan } from "./counted-spans.ts";
import type { StatedVersion } from "./stated-versions.ts";

/** Versions that an endpoint's counts refer to, and the serving one. */
interface Served {
  counted: readonly Pick<StoredSpan, "versionId">[];
  stated: readonly StatedVersion[];
  newest: string | undefined;
}

interface References {
  /** Profiles used for counting. */
  byId: Map<string, LoadedProfile>;
  /** Active profiles by version. */
  inForce: Map<string, LoadedProfile>;
}

/** Reads the references of endpoints together. The caller has checked permissions. */
export async function readReferences(ctx: Context, endpoints: readonly Served[]): Promise<References> {
  const versions = endpoints.flatMap(({ counted, newest }) =>
    [newest ?? [], counted.map((one) => one.versionId)].flat(),
  );
  const ids = await activeProfiles(ctx.db, [...new Set(versions)]);
  const stated = endpoints.flatMap((one) => one.stated.map(({ profileId }) => profileId));
  const byId = await loadProfiles(ctx.db, [...stated, ...ids.values()]);
  const inForce = [...ids].flatMap(([versionId, id]) => {
    const profile = byId.get(id);
    return profile ? [[versionId, profile] as const] : [];
  });
  return { byId, inForce: new Map(inForce) };
}
