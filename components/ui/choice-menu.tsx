"use client";

import { Button, Menu } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { Link } from "./link.tsx";

interface ChoiceMenuProps {
  /** Name of the selection for screen readers, if the selected value is not self-explanatory: "Version". */
  label?: string;
  chosen: ReactNode;
  /** Before the chosen one. */
  icon?: ReactNode;
  choices: readonly { label: string; href: string }[];
}

/** Renders a choice with many options, stored in the address. */
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
