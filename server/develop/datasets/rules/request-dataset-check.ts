import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { enqueue } from "#server/platform/jobs/queue.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { VersionKey } from "../contract.ts";
import { findContract, findUploadedVersion } from "../lookups.ts";

/**
 * Checks a version against the active contract. New versions are checked automatically; this is for older ones.
 * @throws DomainError "not-found" when Leeway does not have its rows, "conflict" when there is no contract.
 */
export async function requestDatasetCheck(ctx: Context, input: VersionKey): Promise<void> {
  permit(ctx, "requestDatasetCheck");
  const key = VersionKey.parse(input);
  await transact(ctx, async (ctx) => {
    const version = await findUploadedVersion(ctx, key);
    const contract = await findContract(ctx, key.name);
    if (!contract) {
      throw new DomainError("conflict", `"${key.name}" has no contract yet. Create one to check its versions.`);
    }
    await enqueue(ctx, "check-dataset", { versionId: version.id, contractId: contract.id });
    await record(ctx, "dataset.check-requested", {
      subject: `dataset/${key.name}`,
      after: { digest: key.digest, revision: contract.revision },
    });
  });
}
