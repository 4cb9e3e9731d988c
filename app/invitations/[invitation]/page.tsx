import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { currentContext, runtime } from "#app/_lib/context.ts";
import { AcceptInSession } from "#components/platform/identity/accept-in-session.tsx";
import { AcceptWithPassword } from "#components/platform/identity/accept-with-password.tsx";
import { Entrance } from "#components/platform/identity/entrance.tsx";
import { SignOutButton } from "#components/platform/identity/sign-out-button.tsx";
import { DomainError } from "#server/base/errors.ts";
import { roleMeanings } from "#server/platform/identity/constants.ts";
import type { OpenInvitation } from "#server/platform/identity/contract.ts";
import { openInvitation } from "#server/platform/identity/invitations/open-invitation.ts";
import { getViewer } from "#server/platform/identity/queries.ts";
import packageJson from "../../../package.json" with { type: "json" };
import { acceptInvitationAction } from "./actions.ts";

export const metadata: Metadata = { title: "Invitation" };

interface InvitationPageProps {
  params: Promise<{ invitation: string }>;
  searchParams: Promise<{ accept?: string | string[]; error?: string | string[] }>;
}

/** Renders an invitation to whoever has its link, before or after they sign in. Opening it changes nothing. */
export default async function InvitationPage({ params, searchParams }: InvitationPageProps) {
  const { invitation: secret } = await params;
  const { accept, error } = await searchParams;
  const ctx = await currentContext();
  const { db, config } = runtime();
  const invitation = await openInvitation(db, secret).catch(undefinedIfInvalid);
  // Company sign-in has accepted it.
  if (ctx && !invitation && accept === "company") redirect("/overview");
  const frame = { version: packageJson.version, host: new URL(config.publicUrl).host };
  if (!invitation) {
    return (
      <Entrance title="This invitation is not valid" subtitle={whyInvalid} {...frame}>
        <p>
          <a href="/">Go to Leeway</a>
        </p>
      </Entrance>
    );
  }
  const viewer = ctx && (await getViewer(ctx));
  return (
    <Entrance title={`Invitation to ${invitation.workspaceName}`} subtitle={<Offer {...invitation} />} {...frame}>
      {!viewer && (
        <AcceptWithPassword
          secret={secret}
          invitation={invitation}
          companyName={config.oidc?.name}
          error={typeof error === "string" ? error : undefined}
        />
      )}
      {viewer?.email?.toLowerCase() === invitation.email && (
        <AcceptInSession secret={secret} action={acceptInvitationAction} />
      )}
      {viewer && viewer.email?.toLowerCase() !== invitation.email && (
        <>
          <p>
            You are signed in as <strong>{viewer.email}</strong>. Only {invitation.email} can accept.
          </p>
          <SignOutButton destination={`/invitations/${secret}`} />
        </>
      )}
    </Entrance>
  );
}

function undefinedIfInvalid(error: unknown): undefined {
  if (!(error instanceof DomainError) || error.code !== "not-found") throw error;
  return undefined;
}

const whyInvalid =
  "It was used, has expired, or was revoked. Ask an admin of the workspace for a new one. If you have accepted it, sign in.";

function Offer({ email, role, invitedByName }: OpenInvitation) {
  return (
    <>
      {invitedByName} invites <strong>{email}</strong> with the {role} role: {roleMeanings[role].toLowerCase()}.
    </>
  );
}
