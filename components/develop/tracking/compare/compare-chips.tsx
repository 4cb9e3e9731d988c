import { IconX } from "@tabler/icons-react";
import { Link } from "#components/ui/link.tsx";
import { Tag } from "#components/ui/tag.tsx";
import type { Run } from "#server/develop/tracking/runs/contract.ts";
import { RunStatusBadge } from "../runs/run-status.tsx";
import classes from "./compare.module.css";
import { CompareLink } from "./compare-link.tsx";
import { ComparedSwatch } from "./compared-swatch.tsx";

/** Renders the compared runs with their line; the first is the baseline, and a click on the dash of another makes that the baseline. */
export function CompareChips({ runs }: { runs: Run[] }) {
  const ids = runs.map(({ id }) => id);
  return (
    <ul className={classes.chips} aria-label="Compared runs">
      {runs.map((run, index) => (
        <li className={classes.chip} key={run.id}>
          <ComparedSwatch id={run.id} index={index} />
          <Link href={`/experiments/${run.experimentId}/runs/${run.id}`}>{run.name}</Link>
          <code className="lw-quiet">{run.id.slice(0, 6)}</code>
          {run.status !== "FINISHED" && <RunStatusBadge run={run} />}
          {index === 0 ? (
            <Tag>baseline</Tag>
          ) : (
            <CompareLink
              className="lw-small"
              change={{ runs: [run.id, ...ids.filter((id) => id !== run.id)] }}
              label={`Set as baseline: ${run.name}`}
            >
              set as baseline
            </CompareLink>
          )}
          <CompareLink
            className={classes.remove}
            change={{ runs: ids.filter((id) => id !== run.id) }}
            label={`Remove ${run.name}`}
          >
            <IconX size={15} stroke={1.8} aria-hidden="true" />
          </CompareLink>
        </li>
      ))}
    </ul>
  );
}
