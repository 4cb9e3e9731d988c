import { defaultExecution, ExecutionSettings } from "../../develop/registry/execution/contract.ts";

/** The settings that are stored with an endpoint, with the defaults of this release where they say nothing it understands. */
export function settingsOf(stored: unknown): ExecutionSettings {
  const { data } = ExecutionSettings.safeParse({ ...defaultExecution, ...(stored as object | null) });
  return data ?? defaultExecution;
}
