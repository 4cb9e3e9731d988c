import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { LentVersion, WantedVersion } from "#server/serve/runner/lent-version.ts";
import type { ModelRunner } from "#server/serve/runner/model-runner.ts";

/** Runs versions for gates. */
export type Lender = Pick<ModelRunner, "lend">;

/** Milliseconds after which a run of one request counts as one that hangs. */
const runLimitMs = 20_000;

/** Lends a version to `work`, or tells it in words why it cannot be run here. What `work` throws is thrown. */
export async function withLent<Result>(
  ctx: Context,
  models: Lender,
  wanted: Omit<WantedVersion, "limitMs">,
  work: (lent: LentVersion | string) => Promise<Result>,
): Promise<Result> {
  let isLent = false;
  try {
    return await models.lend(ctx, { ...wanted, limitMs: runLimitMs }, (lent) => {
      isLent = true;
      return work(lent);
    });
  } catch (cause) {
    if (isLent || !(cause instanceof DomainError)) throw cause;
    return work(cause.message);
  }
}
