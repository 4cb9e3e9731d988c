"use client";

import { Button, Menu } from "@mantine/core";
import { IconChevronDown, IconClock } from "@tabler/icons-react";
import { usePathname, useSearchParams } from "next/navigation";
import { formatClock } from "#components/ui/format-time.ts";
import { useHydrated } from "#components/ui/now.tsx";
import { ranges, viewOf } from "./board-view.ts";
import { show } from "./use-board.ts";

/** Renders the time range of the board, which the address stores. */
export function RangeChoice() {
  const view = viewOf(usePathname(), useSearchParams());
  const zone = useHydrated() ? {} : { timeZone: "UTC" };
  const label = ranges.find(({ minutes }) => minutes === view.minutes)?.label;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          variant="default"
          size="xs"
          leftSection={<IconClock size={15} stroke={1.7} aria-hidden="true" />}
          rightSection={<IconChevronDown size={13} stroke={1.7} aria-hidden="true" />}
          title="Time range ([ and ] shift it)"
        >
          {view.until === undefined ? `Last ${label}` : `${label} until ${formatClock(view.until, zone)}`}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {ranges.map(({ key, label, minutes }) => (
          <Menu.Item onClick={() => show({ ...view, minutes, until: undefined })} key={key}>
            Last {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
