"use client";

import { LineageLink } from "#components/develop/lineage/lineage-link.tsx";
import { formatUntil } from "#components/ui/format-time.ts";
import { Link } from "#components/ui/link.tsx";
import { useHydrated, useNow } from "#components/ui/now.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { Tag } from "#components/ui/tag.tsx";
import type { Chosen } from "../board-types.ts";
import { lineBadge, ownerBadge } from "../triage-text.ts";
import classes from "./centre.module.css";

/** Renders the conclusion: state, sentence, number of requests, start. */
export function VerdictHead({ chosen }: { chosen: Chosen }) {
  const { row, title, startedAt, foundAt, deliveryProblems, alerts, endpoint } = chosen;
  const [alert] = alerts;
  const now = useNow(10_000);
  const zone = useHydrated() ? undefined : "UTC";
  const until = (at: number) => formatUntil(at, now, zone);
  const badge = lineBadge(row);
  const acknowledged = ownerBadge(row, row.silencedUntil === null ? null : until(row.silencedUntil));
  const others = row.owner?.alsoInvestigating ?? [];
  return (
    <header className={classes.verdict}>
      <div className={classes.badges}>
        <StatusBadge state={badge.state} filled>
          {badge.word}
        </StatusBadge>
        <StatusBadge state={acknowledged.state} filled>
          {acknowledged.word}
        </StatusBadge>
        {row.incident && (
          <Tag tone={row.incident.severity === "SEV1" ? "strong" : "neutral"}>{row.incident.severity}</Tag>
        )}
        {row.incident && (
          <Link className="lw-mono" href={`/incidents/${row.incident.number}`}>
            INC-{row.incident.number}
          </Link>
        )}
        {row.gameDay && (
          <Link className="lw-mono" href={`/game-days/${row.gameDay.number}`}>
            Game day GD-{row.gameDay.number}
          </Link>
        )}
        {alert ? (
          <LineageLink kind="alert" id={alert.fingerprint} />
        ) : (
          endpoint && <LineageLink kind="endpoint" id={endpoint.id} />
        )}
        <span className={classes.times}>
          Started {until(startedAt)}, detected {until(foundAt)}, now {until(now)} {zoneName(zone)}
        </span>
      </div>
      <h2 className={classes.title}>{title}</h2>
      {row.stage?.words && (
        <p className={classes.sentence} data-stage={row.stage.stage}>
          <b>{row.stage.words}</b>
          {row.stage.stage !== "act" && row.stage.action && (
            <>
              {" "}
              {row.stage.action.title} at {until(row.stage.action.at)}, by {row.stage.action.by}.
            </>
          )}
        </p>
      )}
      {others.length > 0 && <p className={classes.sentence}>{others.join(", ")} also investigating.</p>}
      {deliveryProblems.length > 0 && (
        <p role="alert" className={classes.problem}>
          {deliveryProblems.join(" ")}
        </p>
      )}
    </header>
  );
}

function zoneName(zone: string | undefined): string {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZoneName: "short",
    ...(zone && { timeZone: zone }),
  }).formatToParts();
  return parts.find(({ type }) => type === "timeZoneName")?.value ?? "";
}
