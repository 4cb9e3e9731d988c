"use client";

import {
  IconArrowBackUp,
  IconArrowMerge,
  IconArrowsSplit,
  IconBellOff,
  IconCheck,
  IconCircleCheck,
  IconLifebuoy,
  IconNote,
  IconPhoneCall,
  IconRefresh,
  IconSnowflake,
  IconSnowflakeOff,
  type TablerIcon,
} from "@tabler/icons-react";
import type { ReactNode } from "react";
import { formatClock } from "#components/ui/format-time.ts";
import { Keys } from "#components/ui/key-hint.tsx";
import { Link } from "#components/ui/link.tsx";
import { useHydrated } from "#components/ui/now.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Segmented } from "#components/ui/tabs.tsx";
import type { TriageAct } from "#server/respond/triage/advice/contract.ts";
import type { Chosen, Viewer } from "../board-types.ts";
import classes from "./act.module.css";
import { Receipts } from "./receipts.tsx";

export const actIcons: Record<TriageAct, TablerIcon> = {
  acknowledge: IconCheck,
  silence: IconBellOff,
  "roll-back": IconArrowBackUp,
  "fall-back": IconLifebuoy,
  freeze: IconSnowflake,
  "lift-freeze": IconSnowflakeOff,
  retrain: IconRefresh,
  page: IconPhoneCall,
  note: IconNote,
  resolve: IconCircleCheck,
  merge: IconArrowMerge,
  split: IconArrowsSplit,
};

export const verdictKeys = [
  { key: "1", value: "actionable", label: "Actionable" },
  { key: "2", value: "known", label: "Known" },
  { key: "3", value: "noise", label: "Noise" },
  { key: "4", value: "duplicate", label: "Duplicate" },
] as const;
export type VerdictValue = (typeof verdictKeys)[number]["value"];

interface ActPaneProps {
  chosen: Chosen;
  viewer: Viewer;
  /** Action in progress. */
  busy: TriageAct | undefined;
  onAct: (act: TriageAct) => void;
  onVerdict: (verdict: VerdictValue) => void;
  runbook: ReactNode;
}

/** Shows the available actions, the recommended one first, then the runbook and the next on call. */
export function ActPane({ chosen, viewer, busy, onAct, onVerdict, runbook }: ActPaneProps) {
  const zone = useHydrated() ? undefined : "UTC";
  const { actions, row, nextEscalation, similar, freeze } = chosen;
  const [last] = similar;
  const next =
    nextEscalation && (nextEscalation.people.map(({ name }) => name).join(", ") || nextEscalation.words.join(", "));
  return (
    <aside className={classes.pane} aria-label="Actions" id="actions">
      <div className={classes.head}>
        <h2 className={classes.title}>Actions</h2>
        <span className="lw-caption lw-quiet">… asks for a reason</span>
      </div>
      <ul className={classes.actions}>
        {actions.map((action) => {
          const Icon = actIcons[action.act];
          const off = action.off ?? viewer.why[action.act] ?? null;
          return (
            <li key={action.act}>
              <button
                className={classes.action}
                type="button"
                data-recommended={(action.isRecommended && off === null) || undefined}
                aria-disabled={off !== null || busy !== undefined}
                aria-keyshortcuts={action.key}
                onClick={() => off === null && onAct(action.act)}
              >
                <Icon size={16} stroke={1.8} aria-hidden="true" />
                <span className={classes.words}>
                  <strong>{busy === action.act ? "Working…" : action.label}</strong>
                  <span>{off ?? action.words}</span>
                </span>
                <Keys keys={[action.key]} />
              </button>
            </li>
          );
        })}
      </ul>
      {row.groupId && (
        <div className={classes.section}>
          <h2 className={classes.title}>Was this alert useful?</h2>
          <Segmented
            label="Feedback"
            value={(row.verdict ?? "") as VerdictValue}
            onChange={onVerdict}
            options={verdictKeys.map(({ key, value, label }) => ({
              value,
              label: <span title={`Press ${key}`}>{label}</span>,
            }))}
          />
        </div>
      )}
      <Receipts receipts={chosen.receipts} />
      {runbook}
      <dl className={classes.facts}>
        <div>
          <dt>Next to be paged</dt>
          <dd>
            {nextEscalation
              ? `${next}, ${formatClock(Date.parse(nextEscalation.at), zone ? { timeZone: zone } : {})}`
              : row.owner
                ? `no one; acknowledged by ${row.owner.name}`
                : row.state === "unacknowledged" && row.severity === "page"
                  ? "no one; not acknowledged. Page someone (P)"
                  : "no one"}
          </dd>
        </div>
        <div>
          <dt>Next notification</dt>
          <dd>
            {row.nextFlushAt && row.state !== "acknowledged" ? (
              <RelativeTime at={row.nextFlushAt} />
            ) : (
              "none while acknowledged"
            )}
          </dd>
        </div>
        {freeze && (
          <div>
            <dt>Frozen by {freeze.frozenBy}</dt>
            <dd>
              until <RelativeTime at={freeze.until} />
            </dd>
          </div>
        )}
        {row.incident && (
          <div>
            <dt>Severity</dt>
            <dd>{row.incident.severity}</dd>
          </div>
        )}
        {row.groupId && (
          <div>
            <dt>Firing alerts</dt>
            <dd>
              <Link href={`/alerts/groups/${row.groupId}`}>
                {row.alerts === 1 ? "1 alert" : `${row.alerts} alerts`}
              </Link>
            </dd>
          </div>
        )}
        <div>
          <dt>Last similar incident</dt>
          <dd>{last ? <Link href={`/incidents/${last.number}`}>INC-{last.number}</Link> : "none found"}</dd>
        </div>
      </dl>
    </aside>
  );
}
