"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { pageOfMlflow } from "./mlflow-address.ts";

/** Goes on to the page that a link printed by MLflow's client means, from where the server could lead. */
export function FollowMlflowLink() {
  const router = useRouter();
  useEffect(() => {
    function follow() {
      const page = pageOfMlflow(window.location);
      if (page) router.replace(page);
    }
    follow();
    // A second link, put into the address of a tab that has the first, loads nothing.
    window.addEventListener("hashchange", follow);
    return () => window.removeEventListener("hashchange", follow);
  }, [router]);
  return null;
}
