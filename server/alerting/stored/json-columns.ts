import type { Stored } from "#db/schema/json-columns.ts";
import type {
  Acknowledgement,
  GroupSummary,
  MutedBy,
  NotificationEntry,
  StoredAlertEvent,
} from "../alerts/contract.ts";
import type { Matcher } from "../alerts/matchers/contract.ts";
import type { Routing } from "../alerts/routing/contract.ts";
import type { ChannelSettings, Message } from "../notifications/contract.ts";

/** What this floor stores in JSON columns. */
declare module "#db/schema/json-columns.ts" {
  interface JsonColumns {
    "alertGroups.entry": NotificationEntry;
    "alertGroups.acknowledgement": Acknowledgement;
    "alertGroups.summary": GroupSummary;
    "alertGroupMembers.muted": MutedBy;
    "alertRoutings.routing": Routing;
    "silenceRecurrences.matchers": Matcher[];
    "silences.matchers": Matcher[];
    "alertEvents.data": StoredAlertEvent["data"];
    "channels.settings": ChannelSettings;
    "notifications.message": Stored<Message>;
  }
}
