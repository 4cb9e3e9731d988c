import { Anchor } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import type { ReactNode } from "react";
import { StatusShape } from "./status-shape.tsx";
import classes from "./toast.module.css";

interface ToastAction {
  /** "Undo", "Try again". */
  label: string;
  onClick: () => void;
}

function show(message: ReactNode, failed: boolean, action?: ToastAction) {
  const id = crypto.randomUUID();
  notifications.show({
    id,
    autoClose: failed ? false : 6000,
    closeButtonProps: { "aria-label": "Close" },
    role: failed ? "alert" : "status",
    className: failed ? classes.failed : classes.toast,
    message: (
      <div className={classes.row}>
        <StatusShape state={failed ? "missed" : "finished"} />
        <span className={classes.words}>{message}</span>
        {action && (
          <Anchor
            component="button"
            type="button"
            fz={13}
            onClick={() => {
              notifications.hide(id);
              action.onClick();
            }}
          >
            {action.label}
          </Anchor>
        )}
      </div>
    ),
  });
}

/** Toasts at the bottom right, at most three. A toast is never the only record of an event. */
export const toast = {
  /** Shows a confirmation in the past tense, with an undo action: "Silenced until 06:00. Tomasz was told." Disappears after 6 s. */
  done: (message: ReactNode, undo?: ToastAction) => show(message, false, undo),
  /** Shows an error in bold, then its reason and the next step. Stays until closed. */
  failed: (title: string, message?: ReactNode, action?: ToastAction) =>
    show(
      <>
        <strong>{title}</strong> {message}
      </>,
      true,
      action,
    ),
};
