import type { Context } from "#server/base/context.ts";
import { typicalValue } from "../state/typical-value.ts";
import { activeProfiles, loadProfile } from "./load-profile.ts";

/** Returns a typical value of each input of a version, by name, from its active reference. The caller has checked permissions. */
export async function typicalValues({ db, actor }: Context, versionId: string): Promise<Map<string, number | string>> {
  const id = (await activeProfiles(db, [versionId])).get(versionId);
  const profile = id === undefined ? undefined : await loadProfile(db, id);
  if (profile?.workspaceId !== actor.workspaceId) return new Map();
  return new Map(
    profile.features.flatMap(({ name, role, profile }): [string, number | string][] => {
      const value = role === "input" ? typicalValue(profile) : undefined;
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
