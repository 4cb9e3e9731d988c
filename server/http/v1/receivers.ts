import type { FastifyInstance } from "fastify";
import { z } from "zod";
import * as contract from "#server/alerting/notifications/contract.ts";
import { listNotifications } from "#server/alerting/notifications/queries.ts";
import { archiveReceiver } from "#server/alerting/notifications/receivers/archive-receiver.ts";
import { createReceiver } from "#server/alerting/notifications/receivers/create-receiver.ts";
import { getReceiver, listReceivers } from "#server/alerting/notifications/receivers/queries.ts";
import { updateReceiver } from "#server/alerting/notifications/receivers/update-receiver.ts";
import type { WebDependencies } from "#server/http/server.ts";
import { retryNotification } from "#server/respond/delivery/retry-notification.ts";
import { testChannel } from "#server/respond/delivery/test-channel.ts";
import { route } from "./route.ts";

const { Receiver } = contract;
const ReceiverPath = z.object({ receiver: z.uuid() });

/** Registers the routes for receivers of alerts and for sent notifications. */
export function receivers(app: FastifyInstance, { config }: WebDependencies): void {
  const { rules } = config.notifications;
  const Receivers = z.object({ receivers: z.array(Receiver) });
  route(
    app,
    { method: "GET", path: "/receivers", summary: "List receivers with their channels by name", response: Receivers },
    async ({ ctx }) => ({ receivers: await listReceivers(ctx) }),
  );
  const create = { summary: "Create a receiver with its channels", body: contract.CreateReceiver };
  route(app, { method: "POST", path: "/receivers", ...create, response: Receiver, status: 201 }, ({ ctx, body }) =>
    createReceiver(ctx, body, rules),
  );
  const one = { path: "/receivers/:receiver", params: ReceiverPath };
  route(app, { method: "GET", ...one, summary: "Get a receiver", response: Receiver }, ({ ctx, params }) =>
    getReceiver(ctx, params.receiver),
  );
  const change = {
    summary: "Replace the channels of a receiver; omitted secrets are kept",
    body: contract.UpdateReceiver.omit({ receiverId: true }),
    response: Receiver,
  };
  route(app, { method: "PUT", ...one, ...change }, ({ ctx, params, body }) =>
    updateReceiver(ctx, { receiverId: params.receiver, ...body }, rules),
  );
  const query = contract.ArchiveReceiver.omit({ receiverId: true });
  route(app, { method: "DELETE", ...one, summary: "Archive a receiver", query }, ({ ctx, params, query }) =>
    archiveReceiver(ctx, { receiverId: params.receiver, ...query }),
  );
  const test = {
    summary: "Send a test notification to a channel and return the result",
    response: contract.TestResult,
  };
  const ChannelPath = z.object({ channel: z.uuid() });
  route(app, { method: "POST", path: "/channels/:channel/tests", params: ChannelPath, ...test }, ({ ctx, params }) =>
    testChannel(ctx, { channelId: params.channel }, config.notifications),
  );
  notifications(app);
}

function notifications(app: FastifyInstance): void {
  const query = contract.ListNotifications;
  const response = z.object({ notifications: z.array(contract.Notification), next: z.string().optional() });
  const list = {
    summary: 'List notifications with every attempt, newest first; "dead" means permanently failed',
    query,
    response,
  };
  route(app, { method: "GET", path: "/notifications", ...list }, ({ ctx, query }) => listNotifications(ctx, query));
  const params = z.object({ notification: z.uuid() });
  const retry = { summary: "Resend a failed or rate-limited notification", params, status: 202 as const };
  route(app, { method: "POST", path: "/notifications/:notification/retries", ...retry }, ({ ctx, params }) =>
    retryNotification(ctx, { notificationId: params.notification }),
  );
}
