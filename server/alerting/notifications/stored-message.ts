import { z } from "zod";
import { Message, MessageAlert } from "./contract.ts";

/** As JSON keeps it: times are texts there. */
const StoredMessage = Message.extend({
  alerts: z.array(MessageAlert.extend({ startsAt: z.coerce.date(), endsAt: z.coerce.date().nullable() })),
});

/** A message out of the database. */
export function readMessage(stored: unknown): Message {
  return StoredMessage.parse(stored);
}
