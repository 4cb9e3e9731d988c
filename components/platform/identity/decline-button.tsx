"use client";

import { Button } from "@mantine/core";
import { useState, useTransition } from "react";
import { useHydrated } from "#components/ui/now.tsx";

/** Declines an invitation, and shows that it is no longer valid. */
export function DeclineButton({ secret }: { secret: string }) {
  const hydrated = useHydrated();
  const [busy, start] = useTransition();
  const [failed, setFailed] = useState(false);

  function decline() {
    if (busy) return;
    start(async () => {
      const response = await fetch(`/invitations/${secret}/decline`, { method: "POST" }).catch(() => undefined);
      // 404: someone was faster, which the page explains.
      if (response?.ok || response?.status === 404) window.location.reload();
      else setFailed(true);
    });
  }
  return (
    <Button variant="default" disabled={!hydrated} aria-disabled={busy} onClick={decline}>
      {failed ? "Decline again" : "Decline"}
    </Button>
  );
}
