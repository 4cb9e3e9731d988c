"use client";

import { Drawer, VisuallyHidden } from "@mantine/core";
import type { ReactNode } from "react";

interface NavigationDrawerProps {
  opened: boolean;
  onClose: () => void;
  children: ReactNode;
}

/** Renders the navigation on screens too narrow to show it beside the page. */
export function NavigationDrawer({ opened, onClose, children }: NavigationDrawerProps) {
  return (
    <Drawer opened={opened} onClose={onClose} size={240} padding={0} withCloseButton={false}>
      <Drawer.Title>
        <VisuallyHidden>Menu</VisuallyHidden>
      </Drawer.Title>
      {children}
    </Drawer>
  );
}
