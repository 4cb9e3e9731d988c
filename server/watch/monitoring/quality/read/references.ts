import type { Context } from "#server/base/context.ts";
import { activeProfiles, type LoadedProfile, loadProfiles } from "../../profiles/load-profile.ts";
import type { StoredSpan } from "./counted-spans.ts";
import type { StatedVersion } from "./stated-versions.ts";

/** What an endpoint's answers were counted by, and what served. */
interface Served {
  counted: readonly Pick<StoredSpan, "versionId">[];
  stated: readonly StatedVersion[];
  newest: string | undefined;
}

interface References {
  /** Those that something was counted by. */
  byId: Map<string, LoadedProfile>;
  /** By version. */
  inForce: Map<string, LoadedProfile>;
}

/** The references of endpoints, read together. For who was let in already. */
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
