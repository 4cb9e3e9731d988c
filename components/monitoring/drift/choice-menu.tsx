"use client";

import { Button, Menu } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import Link from "next/link";

interface ChoiceMenuProps {
  /** What is chosen: "Version". */
  label: string;
  chosen: string;
  choices: readonly { label: string; href: string }[];
}

/** A choice of many whose state is the address. */
export function ChoiceMenu({ label, chosen, choices }: ChoiceMenuProps) {
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          variant="default"
          size="xs"
          rightSection={<IconChevronDown size={13} stroke={1.7} aria-hidden="true" />}
          aria-label={`${label}: ${chosen}`}
        >
          {chosen}
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={320} style={{ overflowY: "auto" }}>
        {choices.map((choice) => (
          <Menu.Item component={Link} href={choice.href} replace scroll={false} key={choice.href}>
            {choice.label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
