import { defaultExecution, ExecutionSettings } from "../../develop/registry/execution/contract.ts";

/** Returns an endpoint's stored settings, with this release's defaults for missing or unsupported ones. */
export function settingsOf(stored: unknown): ExecutionSettings {
  const { data } = ExecutionSettings.safeParse({ ...defaultExecution, ...(stored as object | null) });
  return data ?? defaultExecution;
}
