"use client";

import { Button, Menu } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import Link from "next/link";
import type { ReactNode } from "react";

interface ChoiceMenuProps {
  /** What is chosen, for readers, where the choice does not say it by itself: "Version". */
  label?: string;
  chosen: ReactNode;
  /** Before the chosen one. */
  icon?: ReactNode;
  choices: readonly { label: string; href: string }[];
}

/** A choice of many whose state is the address. */
export function ChoiceMenu({ label, chosen, icon, choices }: ChoiceMenuProps) {
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          variant="default"
          size="xs"
          leftSection={icon}
          rightSection={<IconChevronDown size={13} stroke={1.7} aria-hidden="true" />}
          aria-label={label && `${label}: ${chosen}`}
        >
          {chosen}
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={320} style={{ overflowY: "auto" }}>
        {choices.map((choice) => (
          <Menu.Item component={Link} href={choice.href} replace scroll={false} key={choice.label}>
            {choice.label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
