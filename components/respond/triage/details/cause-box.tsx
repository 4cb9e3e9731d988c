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
import { formatDuration } from "#components/ui/format-time.ts";
import { Link } from "#components/ui/link.tsx";
import { ClockTime } from "#components/ui/relative-time.tsx";
import { Tag } from "#components/ui/tag.tsx";
import type { ChangeKind } from "#server/respond/changes/contract.ts";
import type { Chosen } from "../board-types.ts";
import classes from "./centre.module.css";

export const changeIcons: Record<ChangeKind, TablerIcon> = {
  deploy: IconRocket,
  rollout: IconArrowsSplit2,
  rollback: IconRocket,
  config: IconAdjustments,
  data: IconDatabase,
  schema: IconBraces,
  flag: IconFlag,
  freeze: IconSnowflake,
};

/** Shows the most likely cause, with the evidence for it. */
export function CauseBox({ cause }: Pick<Chosen, "cause">) {
  const { change, evidence, title, beforeMs, words } = cause;
  const Icon = change ? changeIcons[change.kind] : IconQuestionMark;
  return (
    <section className={classes.cause} aria-label="Likely cause">
      <Icon size={16} stroke={1.8} aria-hidden="true" />
      <div>
        <p className={classes.causeHead}>
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
      </div>
    </section>
  );
}
