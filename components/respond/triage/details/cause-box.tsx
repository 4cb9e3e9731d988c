"use client";

import {
  IconAdjustments,
  IconArrowsSplit2,
  IconBraces,
  IconDatabase,
  IconFlag,
  IconQuestionMark,
  IconRocket,
  IconSnowflake,
  type TablerIcon,
} from "@tabler/icons-react";
import { plural } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import { Link } from "#components/ui/link.tsx";
import { ClockTime, RelativeTime } from "#components/ui/relative-time.tsx";
import { Tag } from "#components/ui/tag.tsx";
import type { ChangeKind } from "#server/respond/changes/contract.ts";
import type { Chosen } from "../board-types.ts";
import classes from "./centre.module.css";

const changeIcons: Record<ChangeKind, TablerIcon> = {
  deploy: IconRocket,
  rollout: IconArrowsSplit2,
  rollback: IconRocket,
  config: IconAdjustments,
  data: IconDatabase,
  schema: IconBraces,
  flag: IconFlag,
  freeze: IconSnowflake,
};

const maxChanges = 6;

/** Shows the most likely cause, with the evidence for it; the other changes are behind a line. */
export function CauseBox({ cause, changes = [] }: Pick<Chosen, "cause"> & Partial<Pick<Chosen, "changes">>) {
  const { change, evidence, title, beforeMs, words } = cause;
  const Icon = change ? changeIcons[change.kind] : IconQuestionMark;
  const others = changes.filter(({ id }) => id !== change?.id);
  return (
    <div className={classes.stack}>
      <section className={classes.cause} aria-label="Likely cause">
        <p className={classes.causeHead}>
          <Icon size={15} stroke={1.8} aria-hidden="true" />
          <strong>{title}</strong>
          <Tag>{evidence === "none" ? "no evidence" : `${evidence} evidence`}</Tag>
          {beforeMs !== null && (
            <span className={classes.before}>
              {beforeMs < 60_000
                ? "at the same time as the rise"
                : `${formatDuration(Math.round(beforeMs / 60_000) * 60_000)} before the rise`}
            </span>
          )}
        </p>
        <p className="lw-muted" data-prose>
          {change && (
            <>
              {change.href ? <Link href={change.href}>{change.title}</Link> : change.title},{" "}
              <ClockTime at={change.at} /> by {change.actor}
              {change.before && change.after ? ` (${change.before} → ${change.after})` : ""}.{" "}
            </>
          )}
          {words}
        </p>
      </section>
      {others.length > 0 && (
        <details className={classes.behind}>
          <summary>{plural(others.length, "other change")}</summary>
          <ul className={classes.list} aria-label="Recent changes">
            {others.slice(0, maxChanges).map(({ id, kind, title, at, href }) => {
              const Icon = changeIcons[kind];
              return (
                <li key={id}>
                  <Icon size={13} stroke={1.9} aria-hidden="true" />
                  <span>{href ? <Link href={href}>{title}</Link> : title}</span>
                  <span className={classes.when}>
                    <RelativeTime at={at} />
                  </span>
                </li>
              );
            })}
          </ul>
        </details>
      )}
    </div>
  );
}
