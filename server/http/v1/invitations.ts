import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { mailInvitations } from "#server/admin/invitations/mail-invitations.ts";
import type { WebDependencies } from "#server/http/server.ts";
import * as contract from "#server/platform/identity/contract.ts";
import { acceptInvitation } from "#server/platform/identity/invitations/accept-invitation.ts";
import { createInvitation } from "#server/platform/identity/invitations/create-invitation.ts";
import { listInvitations } from "#server/platform/identity/invitations/queries.ts";
import { resendInvitation } from "#server/platform/identity/invitations/resend-invitation.ts";
import { revokeInvitation } from "#server/platform/identity/invitations/revoke-invitation.ts";
import { route } from "./route.ts";

const { CreateInvitation, Invitation, NewInvitation } = contract;
const params = z.object({ invitation: z.uuid() });

/** Registers the routes for invitations. */
export function invitations(app: FastifyInstance, { config }: WebDependencies): void {
  const delivery = mailInvitations(config.notifications);
  const Invitations = z.object({ invitations: z.array(Invitation) });
  const list = { summary: "List open invitations by email", response: Invitations };
  route(app, { method: "GET", path: "/invitations", ...list }, async ({ ctx }) => ({
    invitations: await listInvitations(ctx),
  }));
  const create = {
    summary: "Invite a person by email; without a mail server, the link is returned only once",
    body: CreateInvitation,
    response: NewInvitation,
  };
  route(app, { method: "POST", path: "/invitations", ...create, status: 201 }, ({ ctx, body }) =>
    createInvitation(ctx, body, delivery),
  );
  const resend = { summary: "Resend an invitation with a new link", params, response: NewInvitation };
  route(app, { method: "POST", path: "/invitations/:invitation/mails", ...resend }, ({ ctx, params }) =>
    resendInvitation(ctx, { invitationId: params.invitation }, delivery),
  );
  const revoke = { summary: "Revoke an invitation", params };
  route(app, { method: "DELETE", path: "/invitations/:invitation", ...revoke }, ({ ctx, params }) =>
    revokeInvitation(ctx, { invitationId: params.invitation }),
  );
  const accept = {
    summary: "Accept an invitation to another workspace",
    body: contract.AcceptInvitation,
    response: z.object({ workspace: z.string() }),
  };
  route(app, { method: "POST", path: "/viewer/workspaces", ...accept }, ({ ctx, body }) => acceptInvitation(ctx, body));
}
