import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { currentContext, runtime } from "#app/_lib/context.ts";
import { describeDestination, safePath } from "#components/platform/identity/destination.ts";
import { Entrance } from "#components/platform/identity/entrance.tsx";
import { SignInForm } from "#components/platform/identity/sign-in-form.tsx";
import { firstWorkspaceNames } from "#server/platform/identity/queries.ts";
import { sessionSeconds } from "#server/platform/identity/sessions/create-session.ts";
import packageJson from "../../package.json" with { type: "json" };

export const metadata: Metadata = { title: "Sign in" };

interface SignInPageProps {
  searchParams: Promise<{ callbackUrl?: string | string[]; error?: string | string[] }>;
}

export default async function SignInPage({ searchParams }: SignInPageProps) {
  const { callbackUrl, error } = await searchParams;
  const destination = safePath(callbackUrl);
  if (await currentContext()) redirect(destination);
  const { db, config } = runtime();
  return (
    <Entrance
      title={`Sign in to ${describeNames(await firstWorkspaceNames(db))}`}
      subtitle={<Destination path={destination} />}
      version={packageJson.version}
      host={new URL(config.publicUrl).host}
    >
      <SignInForm
        destination={destination}
        companyName={config.oidc?.name}
        error={typeof error === "string" ? error : undefined}
        sessionLength={`${sessionSeconds / 3600} hours`}
      />
    </Entrance>
  );
}

/** Returns the name of the workspace, when there is only one and it was named. */
function describeNames(names: string[]): string {
  const [only, second] = names;
  return only && !second && only !== "Default" ? only : "Leeway";
}

function Destination({ path }: { path: string }) {
  const name = describeDestination(path);
  if (!name) return null;
  return (
    <>
      After signing in you will go to <strong>{name}</strong>.
    </>
  );
}
