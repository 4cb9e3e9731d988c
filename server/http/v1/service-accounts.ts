import type { FastifyInstance } from "fastify";
import { z } from "zod";
import * as contract from "#server/platform/identity/contract.ts";
import { createServiceAccount } from "#server/platform/identity/service-accounts/create-service-account.ts";
import { disableServiceAccount } from "#server/platform/identity/service-accounts/disable-service-account.ts";
import { listServiceAccounts } from "#server/platform/identity/service-accounts/queries.ts";
import { route } from "./route.ts";

const { ServiceAccount } = contract;
const Reason = z.object({ reason: contract.DisableServiceAccount.shape.reason });

/** Registers the routes for service accounts. Their tokens are created with POST /tokens and an ownerId. */
export function serviceAccounts(app: FastifyInstance): void {
  const response = z.object({ serviceAccounts: z.array(ServiceAccount) });
  const list = { summary: "List service accounts by name", response };
  route(app, { method: "GET", path: "/service-accounts", ...list }, async ({ ctx }) => ({
    serviceAccounts: await listServiceAccounts(ctx),
  }));
  const create = { summary: "Create a service account", body: contract.CreateServiceAccount, response: ServiceAccount };
  route(app, { method: "POST", path: "/service-accounts", ...create, status: 201 }, ({ ctx, body }) =>
    createServiceAccount(ctx, body),
  );
  const disable = {
    summary: "Disable a service account permanently; revokes its tokens",
    params: z.object({ serviceAccount: z.uuid() }),
    body: Reason,
    response: ServiceAccount,
  };
  route(
    app,
    { method: "PUT", path: "/service-accounts/:serviceAccount/disablement", ...disable },
    ({ ctx, params, body }) => disableServiceAccount(ctx, { serviceAccountId: params.serviceAccount, ...body }),
  );
}
