import { ReferencePanel } from "#components/watch/monitoring/profiles/reference-panel.tsx";
import { referenceHref } from "#components/watch/monitoring/profiles/reference-text.ts";
import type { Context } from "#server/base/context.ts";
import type { VersionKey } from "#server/develop/registry/versions/contract.ts";
import { adviseReference } from "#server/watch/monitoring/profiles/advise-reference.ts";
import { getReference, listProfiles } from "#server/watch/monitoring/profiles/queries.ts";

/** Renders the reference that a version's traffic is compared with, or what is missing for one. */
export async function ReferenceSection({ ctx, version }: { ctx: Context; version: VersionKey }) {
  const [reference, [newest], { words }] = await Promise.all([
    getReference(ctx, version),
    listProfiles(ctx, version),
    adviseReference(ctx, version),
  ]);
  return (
    <ReferencePanel
      href={referenceHref(version.name, version.version)}
      reference={reference}
      newest={newest}
      words={words}
    />
  );
}
