import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { addTrustedKey } from "#server/develop/registry/security/add-trusted-key.ts";
import {
  AddTrustedKey,
  RemoveSignature,
  RevokeTrustedKey,
  SecurityPolicyInForce,
  SetSecurityPolicy,
  SignatureState,
  SignVersion,
  TrustedKey,
  VersionSecurity,
} from "#server/develop/registry/security/contract.ts";
import { getSecurityPolicy, getVersionSecurity, listTrustedKeys } from "#server/develop/registry/security/queries.ts";
import { removeSignature } from "#server/develop/registry/security/remove-signature.ts";
import { requestScan } from "#server/develop/registry/security/request-scan.ts";
import { revokeTrustedKey } from "#server/develop/registry/security/revoke-trusted-key.ts";
import { setSecurityPolicy } from "#server/develop/registry/security/set-security-policy.ts";
import { signVersion } from "#server/develop/registry/security/sign-version.ts";
import { route } from "./route.ts";

const VersionPath = z.object({ model: z.string(), version: z.coerce.number().int().min(1) });
const keyOf = ({ model, version }: z.infer<typeof VersionPath>) => ({ name: model, version });

/** Scans and signatures of versions, the keys that a workspace trusts, and its security policy. */
export function versionSecurity(app: FastifyInstance): void {
  versions(app);
  keys(app);
  policy(app);
}

function versions(app: FastifyInstance): void {
  const path = "/models/:model/versions/:version";
  const params = VersionPath;
  const show = "Get the scan result, signature and licence of a version, and the security policy decision";
  route(
    app,
    { method: "GET", path: `${path}/security`, summary: show, params, response: VersionSecurity },
    ({ ctx, params }) => getVersionSecurity(ctx, keyOf(params)),
  );
  const scan = { summary: "Scan the files of a version again", params, status: 202 as const };
  route(app, { method: "POST", path: `${path}/scan`, ...scan }, ({ ctx, params }) => requestScan(ctx, keyOf(params)));
  const signature = { path: `${path}/signature`, params, response: SignatureState };
  route(
    app,
    { method: "GET", ...signature, summary: "Get the signature of a version and whether it is trusted" },
    async ({ ctx, params }) => (await getVersionSecurity(ctx, keyOf(params))).signature,
  );
  route(
    app,
    { method: "PUT", ...signature, summary: "Sign a version", body: SignVersion.pick({ signature: true }) },
    ({ ctx, params, body }) => signVersion(ctx, { ...keyOf(params), ...body }),
  );
  const remove = {
    summary: "Remove the signature of a version",
    params,
    query: RemoveSignature.pick({ reason: true }),
  };
  route(app, { method: "DELETE", path: `${path}/signature`, ...remove }, ({ ctx, params, query }) =>
    removeSignature(ctx, { ...keyOf(params), ...query }),
  );
}

function keys(app: FastifyInstance): void {
  const path = "/trusted-keys";
  const list = { summary: "List trusted and revoked keys" };
  route(app, { method: "GET", path, ...list, response: z.object({ keys: z.array(TrustedKey) }) }, async ({ ctx }) => ({
    keys: await listTrustedKeys(ctx),
  }));
  const add = { summary: "Trust an Ed25519 key", body: AddTrustedKey, response: TrustedKey, status: 201 as const };
  route(app, { method: "POST", path, ...add }, ({ ctx, body }) => addTrustedKey(ctx, body));
  const params = RevokeTrustedKey.pick({ keyId: true });
  const revoke = { summary: "Revoke a key; its signatures are no longer accepted", params };
  const body = RevokeTrustedKey.pick({ reason: true });
  route(app, { method: "POST", path: `${path}/:keyId/revocation`, ...revoke, body }, ({ ctx, params, body }) =>
    revokeTrustedKey(ctx, { ...params, ...body }),
  );
}

function policy(app: FastifyInstance): void {
  const one = { path: "/security-policy", response: SecurityPolicyInForce };
  const show = "Get the deployment policy for unsigned and dangerous versions";
  route(app, { method: "GET", ...one, summary: show }, ({ ctx }) => getSecurityPolicy(ctx));
  const set = "Set the deployment policy for unsigned and dangerous versions";
  route(app, { method: "PUT", ...one, summary: set, body: SetSecurityPolicy }, ({ ctx, body }) =>
    setSecurityPolicy(ctx, body),
  );
}
