"use client";

import {
  IconArrowBackUp,
  IconArrowMerge,
  IconArrowsSplit,
  IconBan,
  IconBellOff,
  IconCheck,
  IconCircleCheck,
  IconCircleOff,
  IconLifebuoy,
  IconNote,
  IconPhoneCall,
  IconRefresh,
  IconSnowflake,
  IconSnowflakeOff,
  IconSpeakerphone,
  type TablerIcon,
} from "@tabler/icons-react";
import type { ReactNode } from "react";
import { Keys } from "#components/ui/key-hint.tsx";
import { Link } from "#components/ui/link.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Segmented } from "#components/ui/tabs.tsx";
import type { TriageAct } from "#server/respond/triage/advice/contract.ts";
import type { Chosen, Viewer } from "../board-types.ts";
import classes from "./act.module.css";
import { EscalationBox } from "./escalation-box.tsx";
import { Receipts } from "./receipts.tsx";
import { RecoveryNow } from "./recovery-now.tsx";

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
  update: IconSpeakerphone,
  resolve: IconCircleCheck,
  cancel: IconCircleOff,
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
  busy: TriageAct | "escalate" | undefined;
  onAct: (act: TriageAct) => void;
  onVerdict: (verdict: VerdictValue) => void;
  onEscalate: () => void;
  onRetry: (notificationId: string) => void;
  onUnblock: (block: Block) => void;
  runbook: ReactNode;
}

export type Block = Chosen["blocks"][number];

/** Shows what to do now, the other actions, who was notified and who is paged next, then the runbook. */
export function ActPane(props: ActPaneProps) {
  const { chosen, viewer, busy, onAct, onVerdict, runbook } = props;
  const { row, nextEscalation, freeze, blocks } = chosen;
  const isWatching = row.stage?.stage === "watch";
  const actions = chosen.actions.map((action) => ({ ...action, off: action.off ?? viewer.why[action.act] ?? null }));
  const prevention = isWatching ? actions.find(({ act, off }) => act === "freeze" && off === null) : undefined;
  const isFirst = ({ act, off, isRecommended }: Action) =>
    (isRecommended && off === null) || (act === "acknowledge" && off === null);
  const first = actions.filter(isFirst);
  const rest = actions.filter((action) => !isFirst(action) && action !== prevention);
  const isOver = row.alerts === 0 || row.stage?.stage === "resolve";
  return (
    <aside className={classes.pane} aria-label="Actions" id="actions">
      <div className={classes.head}>
        <h2 className={classes.title}>{isWatching ? "Now" : "Do now"}</h2>
        <span className="lw-caption lw-quiet">{isWatching ? "" : "… asks for a reason"}</span>
      </div>
      {isWatching && row.stage && <RecoveryNow stage={row.stage} />}
      <ul className={classes.actions}>
        {first.map((action) => (
          <li key={action.act}>
            <ActButton action={action} busy={busy} onAct={onAct} />
          </li>
        ))}
      </ul>
      {(prevention || blocks.length > 0) && (
        <section className={classes.section} aria-label="Prevent recurrence">
          <h2 className={classes.title}>Prevent recurrence</h2>
          {prevention && <ActButton action={prevention} busy={busy} onAct={onAct} isPrevention />}
          {blocks.slice(0, maxBlocks).map((block) => (
            <p className={classes.blocked} key={block.versionId}>
              <IconBan size={15} stroke={1.9} aria-hidden="true" />
              <span>
                <strong>
                  v{block.version} is blocked{chosen.endpoint ? ` on ${chosen.endpoint.name}` : ""}.
                </strong>{" "}
                Unblocking requires a reason.{" "}
                <button
                  type="button"
                  disabled={viewer.why.unblock !== undefined}
                  title={viewer.why.unblock}
                  onClick={() => props.onUnblock(block)}
                >
                  Unblock…
                </button>
              </span>
            </p>
          ))}
        </section>
      )}
      <ul className={classes.grid}>
        {rest.map((action) => (
          <li key={action.act} data-wide={smallLabel(action).length > maxSmallLabel || undefined}>
            <ActButton action={action} busy={busy} onAct={onAct} isSmall />
          </li>
        ))}
      </ul>
      <Receipts
        receipts={chosen.receipts}
        note={
          nextEscalation
            ? describePolicy(nextEscalation)
            : row.state === "unacknowledged"
              ? ""
              : "the escalation has stopped"
        }
        onRetry={viewer.why.retry === undefined ? props.onRetry : undefined}
      />
      {nextEscalation ? (
        <EscalationBox
          next={nextEscalation}
          why={viewer.why.escalate}
          isBusy={busy === "escalate"}
          onPage={props.onEscalate}
        />
      ) : (
        row.state === "unacknowledged" &&
        row.severity === "page" && (
          <p className={classes.unpaged}>No one is paged next, and no one has acknowledged it. Page someone (P).</p>
        )
      )}
      {runbook}
      {row.groupId && isOver && (
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
      <dl className={classes.facts}>
        {row.nextFlushAt && row.state !== "acknowledged" && (
          <div>
            <dt>Next notification</dt>
            <dd>
              <RelativeTime at={row.nextFlushAt} />
            </dd>
          </div>
        )}
        {freeze && (
          <div>
            <dt>Frozen by {freeze.frozenBy}</dt>
            <dd>
              until <RelativeTime at={freeze.until} />
            </dd>
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
      </dl>
    </aside>
  );
}

/** Says which policy is followed, and its last step: "policy Payments, step 1 of 3". */
function describePolicy({ policy, step, steps }: NonNullable<Chosen["nextEscalation"]>): string {
  return step === 1 ? `policy ${policy}` : `policy ${policy}, step ${step - 1} of ${steps}`;
}

type Action = Chosen["actions"][number];

const maxBlocks = 3;
/** A longer label is cut off in half the width of the pane. */
const maxSmallLabel = 14;

interface ActButtonProps {
  action: Action;
  busy: TriageAct | "escalate" | undefined;
  onAct: (act: TriageAct) => void;
  /** Without its words, which are in the tooltip and for screen readers. */
  isSmall?: boolean;
  /** Stands out, though nothing needs to be done. */
  isPrevention?: boolean;
}

function ActButton({ action, busy, onAct, isSmall, isPrevention }: ActButtonProps) {
  const { act, label, key, off, words, isRecommended } = action;
  const Icon = actIcons[act];
  return (
    <button
      className={classes.action}
      type="button"
      data-recommended={(isRecommended && off === null) || undefined}
      data-prevention={isPrevention || undefined}
      data-small={isSmall || undefined}
      aria-disabled={off !== null || busy !== undefined}
      aria-keyshortcuts={key}
      title={isSmall ? (off ?? words) : undefined}
      onClick={() => off === null && onAct(act)}
    >
      <Icon size={16} stroke={1.8} aria-hidden="true" />
      <span className={classes.words}>
        <strong className={isSmall ? "lw-truncate" : undefined}>
          {busy === act ? "Working…" : isSmall ? smallLabel(action) : label}
        </strong>
        <span className={isSmall ? "lw-hidden" : undefined}>{off ?? words}</span>
      </span>
      <Keys keys={[key]} />
    </button>
  );
}

/** Returns the label without the version that it leads to, or whom it pages. */
function smallLabel({ act, label }: Action): string {
  if (act === "page") return "Page…";
  return label.replace(/ to .*…$/, "…");
}
