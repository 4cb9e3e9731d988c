"use client";

import {
  type DrawerProps,
  Drawer as LibraryDrawer,
  Modal as LibraryModal,
  type ModalProps,
  ModalTitle,
} from "@mantine/core";
import type { ReactNode } from "react";
import { useOpenedLater } from "./use-opened-later.ts";

/** Renders a dialog in a module that is loaded when the dialog opens. */
export function Modal(props: ModalProps) {
  return <LibraryModal {...props} opened={useOpenedLater(props.opened)} />;
}

/** Renders a drawer in a module that is loaded when the drawer opens. */
export function Drawer(props: DrawerProps) {
  return <LibraryDrawer {...props} opened={useOpenedLater(props.opened)} />;
}

/** Renders the title of a dialog whose head is a part of its form. */
export function DialogTitle({ children }: { children: ReactNode }) {
  return (
    <ModalTitle fz={15} fw={600}>
      {children}
    </ModalTitle>
  );
}
