import { Panel } from "#components/ui/panel.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { StatusShape } from "#components/ui/status-shape.tsx";
import type { MetadataItem } from "#server/develop/registry/policy/contract.ts";
import classes from "./metadata-panel.module.css";
import { requirementTitle } from "./policy-text.ts";

/** Lists the metadata that the policy requires of a version: what is present, and how to add what is missing. */
export function MetadataPanel({ items }: { items: MetadataItem[] }) {
  if (items.length === 0) return null;
  const missing = items.filter(({ isPresent }) => !isPresent);
  return (
    <Panel
      title="Required metadata"
      right={
        missing.length === 0 ? (
          <StatusBadge state="finished">Complete</StatusBadge>
        ) : (
          <StatusBadge state="missed">{`${missing.length} of ${items.length} missing`}</StatusBadge>
        )
      }
      flush
    >
      <ul className={classes.items} aria-label="Required metadata">
        {[...missing, ...items.filter(({ isPresent }) => isPresent)].map(({ item, isPresent, words }) => (
          <li key={item}>
            <StatusShape state={isPresent ? "finished" : "missed"} />
            <div>
              <strong>{requirementTitle(item)}</strong>
              <span className="lw-hidden">{isPresent ? ", there: " : ", missing: "}</span>
              <div className="lw-small lw-muted">{words}</div>
            </div>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
