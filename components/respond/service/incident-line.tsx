"use client";

import { Button } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { useSearchParams } from "next/navigation";
import { stageBadges } from "#components/respond/incidents/incident-text.ts";
import { boardHref, viewOf } from "#components/respond/triage/board-view.ts";
import { useRefresh } from "#components/shell/refresh.tsx";
import { usePageKeys } from "#components/shell/use-page-keys.ts";
import type { ActionState } from "#components/ui/action-state.ts";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { plural } from "#components/ui/format.ts";
import { Keys } from "#components/ui/key-hint.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { Tag } from "#components/ui/tag.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { Wire } from "#components/ui/wire.ts";
import type { ServiceIncident } from "#server/respond/service/contract.ts";
import classes from "./service.module.css";

interface IncidentLineProps {
  incident: Wire<ServiceIncident>;
  acknowledge: (input: { groupIds: string[] }) => Promise<ActionState<unknown>>;
  /** Why the viewer may not acknowledge; undefined if they may. */
  why: string | undefined;
}

/** Renders the open incident of an endpoint, with who is paged next. Key A acknowledges it here. */
export function IncidentLine({ incident, acknowledge, why }: IncidentLineProps) {
  const { number, title, severity, stage, alerts, unacknowledgedGroupIds: groupIds, owner, next } = incident;
  const { state, busy, run } = useAction(acknowledge);
  const { range } = viewOf("", useSearchParams());
  const refresh = useRefresh();
  const badge = stageBadges[stage];
  const canAcknowledge = groupIds.length > 0 && why === undefined;
  const act = () =>
    run({ groupIds }, () => {
      toast.done("Acknowledged. Repeat notifications and escalation stop; new alerts still notify.");
      void refresh();
    });
  usePageKeys((key) => {
    if (key !== "a" || !canAcknowledge || busy) return false;
    act();
    return true;
  });
  return (
    <section className={classes.incident} data-state={badge.state} aria-label="Open incident">
      <p className={classes.words}>
        <code>INC-{number}</code>
        <strong>{title}</strong>
        <StatusBadge state={badge.state}>{badge.word}</StatusBadge>
        <Tag>{severity}</Tag>
        <span>{plural(alerts, "alert")}</span>
        <span>
          {groupIds.length > 0 ? "Not acknowledged" : owner ? `Acknowledged by ${owner}` : ""}
          {next && (
            <>
              ; {next.whom} is paged <RelativeTime at={next.at} />
            </>
          )}
        </span>
        {state.error && <span role="alert">{state.error}</span>}
      </p>
      <div className={classes.buttons}>
        {groupIds.length > 0 && (
          <Button
            variant="default"
            leftSection={<IconCheck size={15} stroke={1.8} aria-hidden="true" />}
            rightSection={<Keys keys={["A"]} />}
            aria-disabled={!canAcknowledge || busy}
            title={why}
            onClick={() => canAcknowledge && !busy && act()}
          >
            {busy ? "Acknowledging…" : "Acknowledge"}
          </Button>
        )}
        <ButtonLink href={boardHref({ incident: number, range })} variant="default">
          Open incident
        </ButtonLink>
      </div>
    </section>
  );
}
