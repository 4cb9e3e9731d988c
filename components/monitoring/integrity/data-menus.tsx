"use client";

import { Button, Menu } from "@mantine/core";
import { IconChevronDown, IconClock, IconFilter } from "@tabler/icons-react";
import Link from "next/link";
import { integrityRanges } from "#server/monitoring/integrity/contract.ts";
import { dataHref, type IntegrityView, rangeWords } from "./data-view.ts";

interface DataMenusProps {
  endpoint: string;
  view: IntegrityView;
  segments: readonly string[];
}

/** The span and the segment that are looked at, both kept in the address. */
export function DataMenus({ endpoint, view, segments }: DataMenusProps) {
  const down = <IconChevronDown size={13} stroke={1.7} aria-hidden="true" />;
  return (
    <>
      {segments.length > 0 && (
        <Menu position="bottom-end">
          <Menu.Target>
            <Button
              variant="default"
              size="xs"
              leftSection={<IconFilter size={15} stroke={1.7} aria-hidden="true" />}
              rightSection={down}
            >
              {view.segment || "All rows"}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {["", ...segments].map((segment) => (
              <Menu.Item
                component={Link}
                href={dataHref(endpoint, view, { segment })}
                replace
                scroll={false}
                key={segment}
              >
                {segment || "All rows"}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
      <Menu position="bottom-end">
        <Menu.Target>
          <Button
            variant="default"
            size="xs"
            leftSection={<IconClock size={15} stroke={1.7} aria-hidden="true" />}
            rightSection={down}
          >
            Last {rangeWords[view.range]}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {integrityRanges.map((range) => (
            <Menu.Item component={Link} href={dataHref(endpoint, view, { range })} replace scroll={false} key={range}>
              Last {rangeWords[range]}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </>
  );
}
