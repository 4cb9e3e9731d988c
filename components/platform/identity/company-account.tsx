"use client";

import { Button } from "@mantine/core";
import { signIn } from "next-auth/react";
import type { ActionState } from "#components/ui/action-state.ts";
import { FormProblem, ProblemBox } from "#components/ui/form-problem.tsx";
import { useHydrated } from "#components/ui/now.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import { linkDestination } from "./destination.ts";

interface CompanyAccountProps {
  isLinked: boolean;
  /** Whether company sign-in is configured. */
  canLink: boolean;
  /** Whether the person can sign in without it. */
  canUnlink: boolean;
  /** Whether the last attempt to link failed. */
  hasFailed: boolean;
  unlink: () => Promise<ActionState>;
}

/** Links the company account of the signed-in person, or unlinks it. */
export function CompanyAccount({ isLinked, canLink, canUnlink, hasFailed, unlink }: CompanyAccountProps) {
  const { state, busy, run } = useAction(unlink);
  const hydrated = useHydrated();
  return (
    <div style={{ display: "grid", gap: 14, justifyItems: "start" }}>
      <FormProblem state={state} />
      {hasFailed && !isLinked && (
        <ProblemBox>The company account was not linked. It may be linked to another account. Try again.</ProblemBox>
      )}
      <p>{describeState(isLinked, canUnlink)}</p>
      {isLinked && canUnlink && (
        <Button
          variant="default"
          disabled={!hydrated}
          aria-disabled={busy}
          onClick={() => run(undefined, () => toast.done("Company account unlinked."))}
        >
          Unlink company account
        </Button>
      )}
      {!isLinked && canLink && (
        <Button
          variant="default"
          disabled={!hydrated}
          onClick={() => void signIn("oidc", { callbackUrl: linkDestination })}
        >
          Link company account
        </Button>
      )}
    </div>
  );
}

function describeState(isLinked: boolean, canUnlink: boolean): string {
  if (!isLinked) return "Not linked. You sign in with your password.";
  return canUnlink ? "Linked. You can sign in with it or with your password." : "Linked. You sign in with it.";
}
