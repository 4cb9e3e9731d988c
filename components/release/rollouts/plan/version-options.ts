import { describeBlock } from "#components/release/blocks/block-text.ts";
import type { VersionBlock } from "#server/release/endpoints/blocks/contract.ts";

export interface RolloutChoice {
  model: string;
  version: number;
  /** Reason why it cannot be rolled out; undefined if it can. */
  problem?: string | undefined;
  /** Its block on the endpoint, which was rolled back from it; undefined if there is none. */
  block?: VersionBlock | undefined;
}

/** Decision to roll out a blocked version anyway. */
export interface BlockOverride {
  versionId: string;
  reason: string;
}

/** Whether a version is blocked on the endpoint and was not chosen anyway. */
export function isBlocked({ block }: RolloutChoice, override: BlockOverride | undefined): boolean {
  return block !== undefined && override?.versionId !== block.versionId;
}

/** Returns the options of the version field: those that cannot be rolled out, or are blocked, are listed with the reason and disabled. */
export function versionOptions(choices: readonly RolloutChoice[], override: BlockOverride | undefined) {
  return choices.map((choice) => {
    const { model, version, problem, block } = choice;
    const blocked = isBlocked(choice, override);
    const why = problem ?? (block && (blocked ? describeBlock(block) : "blocked, chosen anyway"));
    return {
      value: `${model} ${version}`,
      label: `${model} v${version}${why ? `, ${why}` : ""}`,
      disabled: problem !== undefined || blocked,
    };
  });
}

/** Returns the version that the form starts with: the one that the address names, else the newest that can be rolled out and is not blocked. */
export function firstChoice(
  choices: readonly RolloutChoice[],
  named: { model: string; version: number } | undefined,
): RolloutChoice | undefined {
  return (
    choices.find(({ model, version }) => model === named?.model && version === named.version) ??
    choices.find(({ problem, block }) => problem === undefined && block === undefined)
  );
}

/** Returns the reason that is recorded with the start and with the unblocking: why the version was chosen anyway, then what is new in it. */
export function startReason(reason: string, override: BlockOverride | undefined): string {
  if (!override) return reason.trim();
  return [`Chosen although blocked: ${override.reason.trim().replace(/\.$/, "")}`, reason.trim()]
    .filter(Boolean)
    .join(". ");
}
