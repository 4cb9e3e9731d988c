import type { FastifyInstance } from "fastify";
import { z } from "zod";
import * as contract from "#server/platform/identity/contract.ts";
import { resetSecondFactor } from "#server/platform/identity/second-factor/reset-second-factor.ts";
import { getAccount, listAccounts } from "#server/platform/identity/users/account-queries.ts";
import { disableUser } from "#server/platform/identity/users/disable-user.ts";
import { enableUser } from "#server/platform/identity/users/enable-user.ts";
import { route } from "./route.ts";

const { Account } = contract;
const Accounts = z.object({ accounts: z.array(Account), next: z.string().optional() });
const Reason = z.object({ reason: contract.DisableUser.shape.reason });
const one = { params: z.object({ account: z.uuid() }), response: Account };

/** Registers the routes for accounts, which belong to the installation: for admins of the first workspace. */
export function accounts(app: FastifyInstance): void {
  const list = { summary: "List the accounts of the installation by email", query: contract.ListAccounts };
  route(app, { method: "GET", path: "/installation/accounts", ...list, response: Accounts }, ({ ctx, query }) =>
    listAccounts(ctx, query),
  );
  const path = "/installation/accounts/:account" as const;
  route(app, { method: "GET", path, summary: "Get an account", ...one }, ({ ctx, params }) =>
    getAccount(ctx, params.account),
  );
  const disable = { summary: "Disable an account; ends its sessions and revokes its tokens everywhere", body: Reason };
  route(app, { method: "PUT", path: `${path}/disablement`, ...disable, ...one }, ({ ctx, params, body }) =>
    disableUser(ctx, { userId: params.account, ...body }),
  );
  const enable = { summary: "Enable a disabled account" };
  route(app, { method: "DELETE", path: `${path}/disablement`, ...enable, ...one }, ({ ctx, params }) =>
    enableUser(ctx, { userId: params.account }),
  );
  const factor = { summary: "Remove the authenticator app of an account", params: one.params, query: Reason };
  route(app, { method: "DELETE", path: `${path}/second-factor`, ...factor }, ({ ctx, params, query }) =>
    resetSecondFactor(ctx, { userId: params.account, ...query }),
  );
}
