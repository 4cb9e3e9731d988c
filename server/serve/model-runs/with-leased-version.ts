import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { LeasedVersion, WantedVersion } from "#server/serve/runner/leased-version.ts";
import type { ModelRunner } from "#server/serve/runner/model-runner.ts";

/** Runs versions for gates. */
export type VersionLeaser = Pick<ModelRunner, "leaseVersion">;

/** Milliseconds after which the run of one request counts as hanging. */
const runLimitMs = 20_000;

/** Leases a version to `work`, or passes it a description of why it cannot be run here. Errors of `work` are rethrown. */
export async function withLeasedVersion<Result>(
  ctx: Context,
  models: VersionLeaser,
  wanted: Omit<WantedVersion, "limitMs">,
  work: (lease: LeasedVersion | string) => Promise<Result>,
): Promise<Result> {
  let isLeased = false;
  try {
    return await models.leaseVersion(ctx, { ...wanted, limitMs: runLimitMs }, (lease) => {
      isLeased = true;
      return work(lease);
    });
  } catch (cause) {
    if (isLeased || !(cause instanceof DomainError)) throw cause;
    return work(cause.message);
  }
}
