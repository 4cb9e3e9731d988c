"use client";

import { Button, PasswordInput, TextInput } from "@mantine/core";
import { IconKey } from "@tabler/icons-react";
import { signIn } from "next-auth/react";
import { type SubmitEvent, useState, useTransition } from "react";
import { ProblemBox } from "#components/ui/form-problem.tsx";
import { formatDuration } from "#components/ui/format-time.ts";
import { useHydrated } from "#components/ui/now.tsx";
import type { OpenInvitation } from "#server/platform/identity/contract.ts";
import { CodeField } from "./code-field.tsx";
import { DeclineButton } from "./decline-button.tsx";
import { acceptDestination } from "./destination.ts";
import classes from "./entrance-form.module.css";
import { passwordEye } from "./password-eye.tsx";
import { type SignInProblem, signInProblem } from "./sign-in-problem.ts";

interface AcceptWithPasswordProps {
  secret: string;
  invitation: OpenInvitation;
  /** Name of the company sign-in; without one, there is no button for it. */
  companyName: string | undefined;
  /** Error code of a failed company sign-in, from the URL. */
  error: string | undefined;
}

/** Accepts an invitation by signing in: to the account of its address, or to a new one that the link may create. */
export function AcceptWithPassword({ secret, invitation, companyName, error }: AcceptWithPasswordProps) {
  const { email, createsAccount, workspace } = invitation;
  const [problem, setProblem] = useState(signInProblem(error));
  const [asksForCode, setAsksForCode] = useState(false);
  const [busy, start] = useTransition();
  const hydrated = useHydrated();

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    if (busy) return;
    const form = new FormData(event.currentTarget);
    const code = form.get("code");
    const entered = { email, password: String(form.get("password")), name: String(form.get("name") ?? "") };
    start(async () => {
      const found = await accept(secret, code ? { ...entered, code: String(code) } : entered);
      setAsksForCode(found?.isAboutCode ?? (asksForCode && found?.waitSeconds !== undefined));
      // The first time, the code was not wrong but missing, and the field that appears says so.
      setProblem(found?.isAboutCode && !code ? undefined : found);
      if (!found) window.location.assign(`/w/${workspace}`);
    });
  }
  return (
    <form className={classes.form} method="post" onSubmit={submit}>
      {problem && (
        <ProblemBox>
          {problem.message}
          {problem.waitSeconds && <> Try again in {formatDuration(problem.waitSeconds * 1000)}.</>}
        </ProblemBox>
      )}
      <TextInput label="Email" name="email" type="email" autoComplete="username" value={email} readOnly />
      {createsAccount && (
        <TextInput label="Name" name="name" autoComplete="name" required withAsterisk={false} autoFocus />
      )}
      <PasswordInput
        label={createsAccount ? "New password" : "Password"}
        description={
          createsAccount
            ? "At least 12 characters. Several unrelated words work well."
            : "Of your account. Without one, ask an administrator of this installation."
        }
        inputWrapperOrder={["label", "input", "description", "error"]}
        name="password"
        autoComplete={createsAccount ? "new-password" : "current-password"}
        required
        withAsterisk={false}
        autoFocus={!createsAccount}
        {...passwordEye}
      />
      {asksForCode && <CodeField />}
      <Button type="submit" disabled={!hydrated} aria-disabled={busy}>
        {buttonLabel(busy, createsAccount)}
      </Button>
      {companyName && (
        <Button
          variant="default"
          leftSection={<IconKey size={15} stroke={1.8} />}
          disabled={!hydrated}
          onClick={() => start(async () => setProblem(await acceptByCompany(secret)))}
        >
          Accept with {companyName}
        </Button>
      )}
      <DeclineButton secret={secret} />
    </form>
  );
}

function buttonLabel(busy: boolean, createsAccount: boolean): string {
  if (busy) return "Accepting…";
  return createsAccount ? "Create account and accept" : "Sign in and accept";
}

async function acceptByCompany(secret: string): Promise<SignInProblem | undefined> {
  const noted = await fetch(`/invitations/${secret}/company`, { method: "POST" }).catch(() => undefined);
  if (!noted?.ok) return { message: "The server did not respond. Check your connection and try again." };
  await signIn("oidc", { callbackUrl: acceptDestination(secret) });
  return undefined;
}

async function accept(
  invitation: string,
  credentials: { email: string; password: string; name: string; code?: string },
): Promise<SignInProblem | undefined> {
  try {
    const result = await signIn("credentials", { ...credentials, invitation, redirect: false });
    return signInProblem(result?.error ?? (result?.ok ? null : "unknown"));
  } catch {
    return { message: "The server did not respond. Check your connection and try again." };
  }
}
