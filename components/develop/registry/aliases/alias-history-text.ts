import type { State } from "#components/ui/status-shape.tsx";
import type { AliasAt, AliasChange } from "#server/develop/registry/aliases/contract.ts";

type Change = Pick<AliasChange, "alias" | "fromVersion" | "toVersion" | "cause">;

/** What happened to an alias, as a sentence without who and why. */
export function changeSentence({ alias, fromVersion, toVersion, cause }: Change): string {
  const how = {
    direct: "",
    override: ", overriding its protection",
    request: ", via an approved request",
    deletion: "",
  }[cause];
  if (cause === "deletion") return `v${fromVersion} was deleted, which removed ${alias}`;
  if (toVersion === null) return `${alias} was removed from v${fromVersion}${how}`;
  if (fromVersion === null) return `${alias} was set to v${toVersion}${how}`;
  return `${alias} moved from v${fromVersion} to v${toVersion}${how}`;
}

/** Shape of a move: a watch for one past the protection, bars for one that left nothing. */
export function changeState({ cause, toVersion }: Change): State {
  if (cause === "override") return "watch";
  if (toVersion === null) return "paused";
  return cause === "request" ? "finished" : "on-target";
}

/** Where an alias pointed at a time, as the answer to "what was champion then?". */
export function aliasAtSentence({ alias, version, since }: Pick<AliasAt, "alias" | "version" | "since">): string {
  if (version !== null) return `${alias} was v${version}`;
  if (!since) return `${alias} had not been set yet`;
  return `${alias} was not set`;
}
