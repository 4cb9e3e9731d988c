import { DomainError } from "#server/base/errors.ts";
import type { OpenedModel } from "../pool/open-model.ts";
import type { LoadedModel, LoadedVersions } from "./loaded-versions.ts";

/**
 * Returns the executor of a version's requests. A version that was evicted is loaded again, and waited for until the deadline.
 * @param deadlineAt on the clock of performance.now()
 * @throws DomainError "unavailable", with seconds to wait
 */
export function openedModel(
  versions: Pick<LoadedVersions, "wake">,
  version: LoadedModel,
  deadlineAt: number,
): OpenedModel | Promise<OpenedModel> {
  const { opened, model, state, message } = version;
  const now = performance.now();
  version.usedAt = now;
  if (opened) return opened;
  const what = `${model.modelName} version ${model.version}`;
  if (state === "failed") {
    throw new DomainError("unavailable", `${what} could not be loaded: ${message}`, { retryAfterSeconds: 10 });
  }
  const loading = new DomainError("unavailable", `${what} is being loaded. Try again in a moment.`, {
    retryAfterSeconds: 1,
  });
  if (state === "loading") throw loading;
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(loading), Math.max(0, deadlineAt - now));
  return Promise.race([versions.wake(version), late.promise]).finally(() => clearTimeout(timer));
}
