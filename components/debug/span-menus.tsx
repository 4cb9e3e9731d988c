"use client";

import { Button, Menu } from "@mantine/core";
import { IconArrowsDiff, IconChevronDown, IconClock } from "@tabler/icons-react";
import Link from "next/link";
import { comparisons, comparisonWords, type DebugState, debugHref, debugRanges } from "./debug-state.ts";
import { SpanWords } from "./span-words.tsx";

/** The span of the board and what it is held against, both kept in its address. */
export function SpanMenus({ endpoint, state }: { endpoint: string; state: DebugState }) {
  const down = <IconChevronDown size={13} stroke={1.7} aria-hidden="true" />;
  const known = debugRanges.find(({ key }) => key === state.range);
  const to = (change: Partial<DebugState>) => debugHref(endpoint, state, change);
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button
            variant="default"
            size="xs"
            leftSection={<IconArrowsDiff size={15} stroke={1.7} aria-hidden="true" />}
            rightSection={down}
          >
            Compare with {comparisonWords[state.compare]}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {comparisons.map((compare) => (
            <Menu.Item component={Link} href={to({ compare })} replace scroll={false} key={compare}>
              {comparisonWords[compare]}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button
            variant="default"
            size="xs"
            leftSection={<IconClock size={15} stroke={1.7} aria-hidden="true" />}
            rightSection={down}
          >
            {known ? (
              `Last ${known.label}`
            ) : state.range === "deploy" ? (
              "Since the last deploy"
            ) : (
              <SpanWords span={state} />
            )}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {debugRanges.map(({ key, label }) => (
            <Menu.Item component={Link} href={to({ range: key, cell: null })} replace scroll={false} key={key}>
              Last {label}
            </Menu.Item>
          ))}
          <Menu.Item component={Link} href={to({ range: "deploy", cell: null })} replace scroll={false}>
            Since the last deploy
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  );
}
