"use client";

import { IconChevronDown } from "@tabler/icons-react";
import { formatCount } from "#components/ui/format.ts";
import { MenuButton } from "#components/ui/menu-button.tsx";
import { Segmented } from "#components/ui/tabs.tsx";
import type { Wire } from "#components/ui/wire.ts";
import type { Queue, QueueFilter } from "#server/respond/triage/contract.ts";
import classes from "./queue.module.css";
import { type QueueTab, queueTabs } from "./tabs-of-queue.ts";

interface QueueTabsProps {
  first: Wire<Queue> | undefined;
  filter: QueueFilter;
  team: string | undefined;
  onTab: (tab: Pick<QueueTab, "filter" | "team">) => void;
}

/** Renders whose lines the queue shows: all, the reader's, those of a team; other teams and states are in the menu. */
export function QueueTabs({ first, filter, team, onTab }: QueueTabsProps) {
  const { shown, more, current } = queueTabs(first, { filter, team });
  const label = (tab: QueueTab) => (tab.count === undefined ? tab.label : `${tab.label} ${formatCount(tab.count)}`);
  const go = (tab: QueueTab) => onTab({ filter: tab.filter, team: tab.team });
  const hidden = more.find(({ key }) => key === current);
  return (
    <div className={classes.tabs}>
      <Segmented
        label="Whose"
        value={current}
        onChange={(key) => {
          const tab = shown.find((each) => each.key === key);
          if (tab) go(tab);
        }}
        options={shown.map((tab) => ({
          value: tab.key,
          label: (
            <span className={classes.tab} title={tab.label}>
              <span className="lw-truncate">{tab.label}</span>
              {tab.count !== undefined && <span className="lw-number"> {formatCount(tab.count)}</span>}
            </span>
          ),
        }))}
      />
      <MenuButton
        className={classes.more}
        position="bottom-end"
        data-current={hidden !== undefined || undefined}
        aria-label={hidden ? `More tabs, now ${hidden.label}` : "More tabs"}
        entries={more.map((tab) => ({ label: label(tab), isCurrent: tab.key === current, onClick: () => go(tab) }))}
      >
        {hidden && <span className="lw-truncate">{label(hidden)}</span>}
        <IconChevronDown size={14} aria-hidden="true" />
      </MenuButton>
    </div>
  );
}
