import { whyNot } from "#app/_lib/why-not.ts";
import { ScanAgain } from "#components/registry/security/scan-again.tsx";
import { SecurityPanel } from "#components/registry/security/security-panel.tsx";
import type { Context } from "#server/context.ts";
import type { VersionKey } from "#server/registry/contract.ts";
import { getVersionSecurity } from "#server/registry/security/queries.ts";
import { scanAgainAction } from "../../security-actions.ts";

/** What is known of the safety of a version. */
export async function SecuritySection({ ctx, version }: { ctx: Context; version: VersionKey }) {
  const security = await getVersionSecurity(ctx, version);
  const mayScan = !whyNot(ctx.actor.role, "requestScan") && security.scan?.verdict !== null;
  return (
    <SecurityPanel
      security={security}
      action={mayScan && <ScanAgain scan={scanAgainAction.bind(null, version)} isFirst={security.scan === null} />}
    />
  );
}
