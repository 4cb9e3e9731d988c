import type { KeyValue } from "../contract.ts";
import { checkKey, cut, latestPerKey } from "../keys.ts";
import { newName } from "../names.ts";

/** Tags that mean something to MLflow's client and to Leeway. */
export const nameTag = "mlflow.runName";
export const parentTag = "mlflow.parentRunId";
export const noteTag = "mlflow.note.content";
export const userTag = "mlflow.user";
export const contextTag = "mlflow.data.context";
export const modelHistoryTag = "mlflow.log-model.history";

/** Longer values of params and tags are cut, not refused; so a retry with the same long value is the same value. */
export const maxParamLength = 6_000;
export const maxTagLength = 8_000;

/** MLflow stores the name of a run and its user as tags. */
export const RunName = newName("run_name", maxTagLength);
export const RunUserName = newName("user_id", maxTagLength);

/** Checks a tag of a run, one of which is its name. @param parameter its key in messages: "tags[0].key". @throws DomainError, ZodError */
export function checkTag({ key, value }: KeyValue, parameter: string): void {
  checkKey(key, parameter);
  if (key === nameTag) RunName.parse(value);
}

/** Tags as they are stored: one for each key, cut, without an empty name. */
export function storedTags(tags: readonly KeyValue[]): KeyValue[] {
  return latestPerKey(tags)
    .filter(({ key, value }) => key !== nameTag || value !== "")
    .map(({ key, value }) => ({ key, value: cut(value, maxTagLength) }));
}
