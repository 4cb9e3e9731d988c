import type { Outgoing } from "../../../../alerting/notifications/channels/outgoing.ts";
import { newMessage } from "../testing.ts";

export const publicUrl = "https://leeway.example.org";

export function newOutgoing(more: Partial<Outgoing> = {}): Outgoing {
  const message = more.message ?? newMessage();
  const at = new Date("2026-05-04T10:05:00Z");
  return {
    id: "00000000-0000-4000-8000-000000000001",
    kind: "group",
    message,
    key: message.groupKey,
    thread: "group-1",
    at,
    ...more,
  };
}
