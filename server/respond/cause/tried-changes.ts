import type { Change } from "#server/respond/changes/contract.ts";

interface Tried {
  /** What was done about the incident without an effect. */
  failed: readonly { kind: string }[];
  /** Version that serves now. */
  current: { modelName: string; version: number } | undefined;
}

/** Returns the changes that may still be the cause: without those whose version was left, to no effect. */
export function withoutTried(changes: readonly Change[], { failed, current }: Tried): Change[] {
  if (failed.every(({ kind }) => kind === "fixed")) return [...changes];
  const serving = current && `${current.modelName} version ${current.version}`;
  return changes.filter(({ kind, after }) => (kind !== "deploy" && kind !== "rollout") || after === serving);
}
