import { absent, nothing, type Rows } from "./row.ts";

/** Rows for receivers, their channels and sent notifications. */
export const notificationRows: Rows = {
  "GET /api/v1/watchdog": nothing(),
  "PUT /api/v1/watchdog": nothing({ body: { receiverId: null } }),
  "GET /api/v1/receivers": nothing(),
  "POST /api/v1/receivers": nothing({ body: { name: "new" } }),
  "GET /api/v1/receivers/:receiver": absent(),
  "PUT /api/v1/receivers/:receiver": absent({ body: { channels: [] } }),
  "DELETE /api/v1/receivers/:receiver": absent(),
  "POST /api/v1/channels/:channel/tests": absent({ body: {} }),
  // Known by a signature and not by a caller.
  "POST /api/v1/channels/:channel/callbacks": absent({ body: {} }, 404),
  "POST /api/v1/channels/:channel/answers": absent({ body: {} }, 404),
  "GET /api/v1/notifications": nothing(),
  "POST /api/v1/notifications/:notification/retries": absent({ body: {} }),
};
