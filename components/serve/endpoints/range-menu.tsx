"use client";

import { Button, Menu } from "@mantine/core";
import { IconChevronDown, IconClock } from "@tabler/icons-react";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { useEffect } from "react";
import { keysAreFree } from "#components/ui/keys.ts";
import { Link } from "#components/ui/link.tsx";
import { fitRange } from "./fit-range.ts";
import { neighbour } from "./time-range.ts";

interface RangeMenuProps {
  /** From narrow to wide. */
  ranges: readonly { key: string; label: string }[];
  /** Key of the range that an address without one means. */
  usual: string;
}

/** Renders the time range of a page, which the address stores. Keys = and - widen and narrow it. */
export function RangeMenu({ ranges, usual }: RangeMenuProps) {
  const router = useRouter();
  const pathname = usePathname();
  const query = useSearchParams();
  const requested = fitRange(Object.fromEntries(query), ranges);
  const range = requested ?? ranges.find(({ key }) => key === usual);
  const address = (key: string) => {
    const changed = new URLSearchParams(query);
    changed.set("range", key);
    for (const name of ["from", "to", "back"]) changed.delete(name);
    return `${pathname}?${changed}`;
  };
  useEffect(() => {
    function listen(event: KeyboardEvent) {
      if ((event.key !== "=" && event.key !== "-") || !keysAreFree(event)) return;
      event.preventDefault();
      const next = neighbour(ranges, range?.key ?? usual, event.key === "=" ? 1 : -1);
      if (next) router.replace(address(next.key), { scroll: false });
    }
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  });
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          variant="default"
          size="xs"
          leftSection={<IconClock size={15} stroke={1.7} aria-hidden="true" />}
          rightSection={<IconChevronDown size={13} stroke={1.7} aria-hidden="true" />}
          title="Time range (= wider, - narrower)"
        >
          Last {range?.label}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {ranges.map(({ key, label }) => (
          <Menu.Item component={Link} href={address(key)} replace scroll={false} key={key}>
            Last {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
