import { Link } from "#components/ui/link.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { RolloutSummary } from "#server/serve/rollout/contract.ts";
import { rolloutHref } from "./addresses.ts";
import classes from "./rollout-notice.module.css";
import { describeState, versionNames } from "./rollout-text.ts";

/** Renders the notice that a rollout is in progress on an endpoint, with its state. */
export function RolloutNotice({ rollout }: { rollout: RolloutSummary | undefined }) {
  if (!rollout) return null;
  const { state, word } = describeState(rollout);
  const { stable, canary } = versionNames(rollout);
  return (
    <p className={classes.notice}>
      <StatusBadge state={state} filled>
        {word}
      </StatusBadge>
      <span>
        {stable} → {canary}
        {rollout.hold ? `: ${rollout.hold.words}` : ""}
      </span>
      <Link href={rolloutHref(rollout.id)}>View rollout</Link>
    </p>
  );
}
