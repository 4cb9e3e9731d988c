import type { Watcher } from "#server/platform/jobs/watcher.ts";
import { notificationWatcher } from "#server/respond/delivery/notification-watcher.ts";
import { alertDispatcher } from "#server/respond/dispatch/alert-dispatcher.ts";
import { escalationWatcher } from "#server/respond/oncall/escalation/escalation-watcher.ts";
import { responseWatcher } from "#server/respond/paging/response-watcher.ts";
import { ruleWatcher } from "#server/respond/rules/rule-watcher.ts";
import type { StandInDependencies } from "./stand-in.ts";

/** Returns the watchers without which nobody is paged. Of rules, only those about Leeway itself: the others need a worker's counts. */
export function standInWatchers({ db, feed, outside }: StandInDependencies): Watcher[] {
  return [
    ruleWatcher(db, { kind: "platform" }),
    alertDispatcher(db, { sendsWatchdogs: false }),
    escalationWatcher({ db, feed }),
    responseWatcher(db),
    notificationWatcher({ db, feed, outside }),
  ];
}
