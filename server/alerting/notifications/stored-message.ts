import { z } from "zod";
import { Message, MessageAlert } from "./contract.ts";

/** Message as stored in JSON, where times are texts. */
const StoredMessage = Message.extend({
  alerts: z.array(MessageAlert.extend({ startsAt: z.coerce.date(), endsAt: z.coerce.date().nullable() })),
});

/** Parses a message from the database. */
export function readMessage(stored: unknown): Message {
  return StoredMessage.parse(stored);
}
