import { Link } from "#components/ui/link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import {
  type Notification,
  type NotificationState,
  notificationStates,
} from "#server/alerting/notifications/contract.ts";
import { NotificationPanel } from "./notification-panel.tsx";
import { NotificationsTable, stateLabels } from "./notifications-table.tsx";
import type { RetryButtonProps } from "./retry-button.tsx";

/** Part of the log selected by the query string. */
export interface LogView {
  state: NotificationState | undefined;
  after: string | undefined;
  /** Id of the open notification. */
  open: string | undefined;
}

/** Reads the log's part of an address: `state`, `after` and `notification`. */
export function readLogView(requested: Record<string, string | string[] | undefined>): LogView {
  const text = (name: string) => (typeof requested[name] === "string" ? requested[name] : undefined);
  const id = (name: string) => (/^[0-9a-f-]{36}$/.test(text(name) ?? "") ? text(name) : undefined);
  const state = notificationStates.find((one) => one === text("state"));
  return { state, after: id("after"), open: id("notification") };
}

interface MessagesLogProps {
  notifications: Notification[];
  next: string | undefined;
  view: LogView;
  /** Address of the page without any query. */
  path: string;
  retry: RetryButtonProps["retry"] | undefined;
  /** Text shown as long as no notification has been sent. */
  empty: React.ReactNode;
}

/** Lists sent and unsent notifications by state, with one open. */
export function MessagesLog({ notifications, next, view, path, retry, empty }: MessagesLogProps) {
  const here = (changes: Partial<Record<"state" | "after" | "notification", string | undefined>>) => {
    const query = Object.entries({ state: view.state, after: view.after, ...changes }).filter(([, value]) => value);
    return query.length > 0 ? `${path}?${new URLSearchParams(query as [string, string][])}` : path;
  };
  const open = notifications.find(({ id }) => id === view.open);
  const items = [
    { label: "All", href: here({ state: undefined, after: undefined }), current: !view.state },
    ...notificationStates.map((state) => ({
      label: stateLabels[state][1],
      href: here({ state, after: undefined }),
      current: view.state === state,
    })),
  ];
  return (
    <>
      <Tabs label="Messages" items={items} />
      {open && <NotificationPanel notification={open} retry={retry} />}
      <Panel title="Messages" subtitle="newest first, kept for 90 days" flush>
        <NotificationsTable
          notifications={notifications}
          hrefOf={(id) => here({ notification: id })}
          empty={
            view.state ? (
              <EmptyState title="No messages in this state">
                Select another tab to see messages in other states.
              </EmptyState>
            ) : (
              empty
            )
          }
          foot={next && <Link href={here({ after: next })}>Older messages</Link>}
        />
      </Panel>
    </>
  );
}
