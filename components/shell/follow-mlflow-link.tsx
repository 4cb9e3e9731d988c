"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { pageOfMlflow } from "./mlflow-address.ts";

/** Redirects a link printed by the MLflow client to its page; the server cannot see the fragment of the URL that identifies it. */
export function FollowMlflowLink() {
  const router = useRouter();
  useEffect(() => {
    function follow() {
      const page = pageOfMlflow(window.location);
      if (page) router.replace(page);
    }
    follow();
    // Entering a second link in a tab that already shows one changes only the hash and loads nothing.
    window.addEventListener("hashchange", follow);
    return () => window.removeEventListener("hashchange", follow);
  }, [router]);
  return null;
}
