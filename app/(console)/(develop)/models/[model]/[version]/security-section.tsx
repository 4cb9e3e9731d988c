import { denialReason } from "#app/_lib/denial-reason.ts";
import { RemoveSignature } from "#components/develop/registry/security/remove-signature.tsx";
import { ScanAgain } from "#components/develop/registry/security/scan-again.tsx";
import { SecurityPanel } from "#components/develop/registry/security/security-panel.tsx";
import { SignButton } from "#components/develop/registry/security/sign-button.tsx";
import type { Context } from "#server/base/context.ts";
import { getVersionSecurity } from "#server/develop/registry/security/queries.ts";
import type { VersionKey } from "#server/develop/registry/versions/contract.ts";
import { removeSignatureAction, scanAgainAction, signVersionAction } from "../../security-actions.ts";

interface SecuritySectionProps {
  ctx: Context;
  version: VersionKey;
  /** Digest of its file; a version without one cannot be signed. */
  sha256: string | null;
}

/** Renders the security state of a version. */
export async function SecuritySection({ ctx, version, sha256 }: SecuritySectionProps) {
  const security = await getVersionSecurity(ctx, version);
  const mayScan = !denialReason(ctx.actor.role, "requestScan") && security.scan?.verdict !== null;
  const isSigned = security.signature.state !== "unsigned";
  return (
    <SecurityPanel
      security={security}
      action={mayScan && <ScanAgain scan={scanAgainAction.bind(null, version)} isFirst={security.scan === null} />}
      sign={
        <>
          {sha256 !== null && !denialReason(ctx.actor.role, "signVersion") && (
            <SignButton sha256={sha256} isSigned={isSigned} sign={signVersionAction.bind(null, version)} />
          )}
          {isSigned && !denialReason(ctx.actor.role, "removeSignature") && (
            <RemoveSignature
              version={`${version.name} v${version.version}`}
              actorName={ctx.actor.name}
              remove={removeSignatureAction.bind(null, version)}
            />
          )}
        </>
      }
    />
  );
}
