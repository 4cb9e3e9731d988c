"use client";

import { Button, Menu } from "@mantine/core";
import { IconChevronDown, IconClock } from "@tabler/icons-react";
import Link from "next/link";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { useEffect } from "react";
import { keysAreFree } from "#components/ui/keys.ts";
import { neighbour, rangeOf, timeRanges } from "./time-range.ts";

/** The time range of a page, kept in its address. Keys = and - make it wider and narrower. */
export function RangeMenu() {
  const router = useRouter();
  const pathname = usePathname();
  const query = useSearchParams();
  const range = rangeOf(query.get("range") ?? undefined);
  const address = (key: string) => {
    const changed = new URLSearchParams(query);
    changed.set("range", key);
    return `${pathname}?${changed}`;
  };
  useEffect(() => {
    function listen(event: KeyboardEvent) {
      if ((event.key !== "=" && event.key !== "-") || !keysAreFree(event)) return;
      event.preventDefault();
      router.replace(address(neighbour(range, event.key === "=" ? 1 : -1).key), { scroll: false });
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
          Last {range.label}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {timeRanges.map(({ key, label }) => (
          <Menu.Item component={Link} href={address(key)} replace scroll={false} key={key}>
            Last {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
