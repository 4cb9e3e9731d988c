"use client";

import { Button } from "@mantine/core";
import { signOut } from "next-auth/react";
import { useHydrated } from "#components/ui/now.tsx";

/** Signs out in this browser, and returns to a page. */
export function SignOutButton({ destination }: { destination: string }) {
  const hydrated = useHydrated();
  return (
    <p style={{ marginTop: 16 }}>
      <Button variant="default" disabled={!hydrated} onClick={() => void signOut({ callbackUrl: destination })}>
        Sign out
      </Button>
    </p>
  );
}
