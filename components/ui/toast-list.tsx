"use client";

import { Anchor } from "@mantine/core";
import { Notifications, notifications } from "@mantine/notifications";
import { StatusShape } from "./status-shape.tsx";
import type { Toast } from "./toast.tsx";
import classes from "./toast-list.module.css";

/** Renders the toasts. */
export function ToastList() {
  return <Notifications position="bottom-right" limit={3} autoClose={6000} transitionDuration={120} />;
}

/** Adds a toast to the list. */
export function showToast({ message, isFailure, action }: Toast): void {
  const id = crypto.randomUUID();
  notifications.show({
    id,
    autoClose: isFailure ? false : 6000,
    closeButtonProps: { "aria-label": "Close" },
    role: isFailure ? "alert" : "status",
    className: isFailure ? classes.failed : classes.toast,
    message: (
      <div className={classes.row}>
        <StatusShape state={isFailure ? "missed" : "finished"} />
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
