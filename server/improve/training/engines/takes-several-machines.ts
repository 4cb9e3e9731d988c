import type { EngineDescription, EngineKind } from "../contract.ts";

/**
 * Whether an engine can give a job several machines. Engines say it themselves (`features.gangs`); on Ray the program asks for its machines.
 * docs/spec/training.md section 5.
 */
export function takesSeveralMachines({
  kind,
  description,
}: {
  kind: EngineKind;
  description: EngineDescription | null;
}): boolean {
  return kind === "ray" || (description?.features.gangs ?? kind !== "local");
}
