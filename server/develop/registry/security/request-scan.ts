import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findVersion } from "../lookups.ts";
import { VersionKey } from "../versions/contract.ts";
import { enqueueScan } from "./enqueue-scan.ts";

/** Requests another scan of a version's files, for instance with newer rules. @throws DomainError "not-found" */
export async function requestScan(ctx: Context, input: VersionKey): Promise<void> {
  permit(ctx, "requestScan");
  const key = VersionKey.parse(input);
  await transact(ctx, async (ctx) => {
    const { id, modelId } = await findVersion(ctx, key);
    await enqueueScan(ctx, id);
    await record(ctx, "version.scan-requested", { subject: `version/${key.name}/${key.version}` });
    await publish(ctx, "model", modelId);
  });
}
