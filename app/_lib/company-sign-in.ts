import type { OAuthConfig } from "next-auth/providers/oauth";
import type { Oidc } from "#server/admin/settings/config.ts";

/** Claims of the identity token and of the provider's user information, together. */
export interface CompanyClaims {
  iss: string;
  sub: string;
  email?: string;
  /** Some providers send text. */
  email_verified?: boolean | string;
  name?: string;
  preferred_username?: string;
}

export const companyProviderId = "oidc";

/** Configures sign-in with any OpenID Connect provider, found by discovery; PKCE, state and nonce are checked. */
export function companySignIn({ issuer, clientId, clientSecret, name }: Oidc): OAuthConfig<CompanyClaims> {
  return {
    id: companyProviderId,
    name,
    type: "oauth",
    wellKnown: `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`,
    clientId,
    clientSecret,
    authorization: { params: { scope: "openid email profile" } },
    idToken: true,
    checks: ["pkce", "state", "nonce"],
    userinfo: {
      // Many providers omit email and name from the ID token. The client checks that the user info belongs to the same subject.
      request: async ({ client, tokens }) => {
        const checked = tokens as Exclude<Parameters<typeof client.userinfo>[0], string>;
        const information = client.issuer.metadata.userinfo_endpoint ? await client.userinfo(checked) : {};
        return { ...checked.claims(), ...information };
      },
    },
    profile: (claims) => ({ id: claims.sub, email: claims.email ?? null, name: nameOf(claims) ?? null }),
  };
}

/** Returns a user's display name, from the claims that providers use for it. */
export function nameOf({ name, preferred_username, email }: CompanyClaims): string | undefined {
  return name?.trim() || preferred_username?.trim() || email;
}
