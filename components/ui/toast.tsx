"use client";

import { type ReactNode, useEffect, useState } from "react";
import { lazyDialog, OnceOpened } from "./lazy-dialog.tsx";

interface ToastAction {
  /** "Undo", "Try again". */
  label: string;
  onClick: () => void;
}

export interface Toast {
  message: ReactNode;
  isFailure: boolean;
  action?: ToastAction | undefined;
}

const load = () => import("./toast-list.tsx");
const ToastList = lazyDialog(() => load().then((module) => module.ToastList));
const shown = new EventTarget();

function show(toast: Toast): void {
  shown.dispatchEvent(new Event("toast"));
  void load().then(({ showToast }) => showToast(toast));
}

/** Toasts at the bottom right, at most three. A toast is never the only record of an event. */
export const toast = {
  /** Shows a confirmation in the past tense, with an undo action: "Silenced until 06:00. Tomasz was told." Disappears after 6 s. */
  done: (message: ReactNode, undo?: ToastAction) => show({ message, isFailure: false, action: undo }),
  /** Shows an error in bold, then its reason and the next step. Stays until closed. */
  failed: (title: string, message?: ReactNode, action?: ToastAction) =>
    show({
      message: (
        <>
          <strong>{title}</strong> {message}
        </>
      ),
      isFailure: true,
      action,
    }),
};

/** Renders the place of all toasts, once there is one. */
export function Toasts() {
  const [opened, setOpened] = useState(false);
  useEffect(() => {
    const open = () => setOpened(true);
    shown.addEventListener("toast", open);
    return () => shown.removeEventListener("toast", open);
  }, []);
  return (
    <OnceOpened opened={opened}>
      <ToastList />
    </OnceOpened>
  );
}
