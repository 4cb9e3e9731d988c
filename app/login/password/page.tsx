import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { requireContext, runtime } from "#app/_lib/context.ts";
import { changePasswordAction } from "#app/(console)/settings/account/actions.ts";
import { safePath } from "#components/identity/destination.ts";
import { Entrance } from "#components/identity/entrance.tsx";
import { FirstPassword } from "#components/identity/first-password.tsx";
import { getViewer } from "#server/identity/queries.ts";
import packageJson from "../../../package.json" with { type: "json" };

export const metadata: Metadata = { title: "Choose a password" };

interface PasswordPageProps {
  searchParams: Promise<{ callbackUrl?: string | string[] }>;
}

/** Every sign-in by password comes through here, and most go straight on. */
export default async function PasswordPage({ searchParams }: PasswordPageProps) {
  const destination = safePath((await searchParams).callbackUrl);
  const viewer = await getViewer(await requireContext());
  if (!viewer.mustChangePassword) redirect(destination);
  return (
    <Entrance
      title="Choose your own password"
      subtitle="Leeway made up the present one, and somebody may have seen it. You can also do this later in Settings."
      version={packageJson.version}
      host={new URL(runtime().config.publicUrl).host}
    >
      <FirstPassword destination={destination} action={changePasswordAction} />
    </Entrance>
  );
}
