"use client";

import type { DrawerProps, ModalProps } from "@mantine/core";
import { lazyDialog, OnceOpened } from "./lazy-dialog.tsx";

const Modal = lazyDialog(() => import("./modal.tsx").then((module) => module.Modal));
const Drawer = lazyDialog(() => import("./modal.tsx").then((module) => module.Drawer));

/** Renders a dialog whose frame is loaded once somebody uses the page. What stands in it belongs to the page, unless that is lazy too. */
export function LazyModal(props: ModalProps) {
  return (
    <OnceOpened opened={props.opened}>
      <Modal {...props} />
    </OnceOpened>
  );
}

/** Renders a drawer as `LazyModal` does a dialog. */
export function LazyDrawer(props: DrawerProps) {
  return (
    <OnceOpened opened={props.opened}>
      <Drawer {...props} />
    </OnceOpened>
  );
}

/** Renders the title of a `LazyModal` whose head is a part of its form. */
export const LazyDialogTitle = lazyDialog(() => import("./modal.tsx").then((module) => module.DialogTitle));
