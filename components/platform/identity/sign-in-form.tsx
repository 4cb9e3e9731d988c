"use client";

import { Anchor, Button, PasswordInput, TextInput } from "@mantine/core";
import { IconKey } from "@tabler/icons-react";
import { signIn } from "next-auth/react";
import { type SubmitEvent, useState, useTransition } from "react";
import { ProblemBox } from "#components/ui/form-problem.tsx";
import { formatDuration } from "#components/ui/format-time.ts";
import { useHydrated, useNow } from "#components/ui/now.tsx";
import { CodeField } from "./code-field.tsx";
import classes from "./entrance-form.module.css";
import { passwordEye } from "./password-eye.tsx";
import { type SignInProblem, signInProblem } from "./sign-in-problem.ts";

interface SignInFormProps {
  /** The path to open afterwards. */
  destination: string;
  /** Name of the company sign-in; without one, there is no button for it. */
  companyName: string | undefined;
  /** Error code of a failed company sign-in, from the URL. */
  error: string | undefined;
  /** Duration of a session, in words. */
  sessionLength: string;
}

/** Renders email and password, or the company sign-in. */
export function SignInForm({ destination, companyName, error, sessionLength }: SignInFormProps) {
  const [problem, setProblem] = useState(signInProblem(error));
  const [waitUntil, setWaitUntil] = useState(0);
  const [asksForCode, setAsksForCode] = useState(false);
  const [needsHelp, setNeedsHelp] = useState(false);
  const [busy, start] = useTransition();
  const hydrated = useHydrated();
  const waitMs = Math.max(0, waitUntil - useNow());

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    if (busy) return;
    const form = new FormData(event.currentTarget);
    const code = form.get("code");
    const credentials = { email: String(form.get("email")), password: String(form.get("password")) };
    start(async () => {
      const found = await tryToSignIn(code ? { ...credentials, code: String(code) } : credentials);
      setAsksForCode(found?.isAboutCode ?? (asksForCode && found?.waitSeconds !== undefined));
      // The first time, the code was not wrong but missing, and the field that appears says so.
      setProblem(found?.isAboutCode && !code ? undefined : found);
      setWaitUntil(found?.waitSeconds ? Date.now() + found.waitSeconds * 1000 : 0);
      // A full page load ensures that nothing rendered for another user remains.
      if (!found) window.location.assign(`/login/password?callbackUrl=${encodeURIComponent(destination)}`);
    });
  }

  return (
    // The POST method keeps the password out of the address, even without scripts.
    <form className={classes.form} method="post" onSubmit={submit}>
      {problem && (!problem.waitSeconds || waitMs > 0) && <Problem problem={problem} waitMs={waitMs} />}
      <TextInput
        label="Email"
        name="email"
        type="email"
        autoComplete="username"
        required
        withAsterisk={false}
        autoFocus
      />
      <div className={classes.password}>
        <div className={classes.labels}>
          <label className="mantine-InputWrapper-label" htmlFor="password">
            Password
          </label>
          <Anchor component="button" type="button" fz={12} onClick={() => setNeedsHelp(!needsHelp)}>
            Forgot password?
          </Anchor>
        </div>
        <PasswordInput id="password" name="password" autoComplete="current-password" required {...passwordEye} />
        {needsHelp && (
          <p className={classes.note} role="status">
            Ask an administrator of this installation to reset it under Settings, All workspaces.
          </p>
        )}
      </div>
      {asksForCode && <CodeField />}
      <Button type="submit" disabled={!hydrated || waitMs > 0} aria-disabled={busy}>
        {busy ? "Signing in…" : "Sign in"}
      </Button>
      {companyName && (
        <>
          <span className={classes.or}>or</span>
          <Button
            variant="default"
            leftSection={<IconKey size={15} stroke={1.8} />}
            disabled={!hydrated}
            onClick={() => void signIn("oidc", { callbackUrl: destination })}
          >
            Continue with {companyName}
          </Button>
        </>
      )}
      <p className={classes.note}>Sessions last {sessionLength}.</p>
    </form>
  );
}

function Problem({ problem, waitMs }: { problem: SignInProblem; waitMs: number }) {
  return (
    <ProblemBox>
      {problem.message}
      {/* Read out once, not every second. */}
      {problem.waitSeconds && (
        <>
          <span className="lw-hidden"> Try again in {formatDuration(problem.waitSeconds * 1000)}.</span>
          <span aria-hidden="true">
            {" "}
            Try again in {formatDuration(Math.min(problem.waitSeconds, Math.ceil(waitMs / 1000)) * 1000)}.
          </span>
        </>
      )}
    </ProblemBox>
  );
}

async function tryToSignIn(credentials: {
  email: string;
  password: string;
  code?: string;
}): Promise<SignInProblem | undefined> {
  try {
    const result = await signIn("credentials", { ...credentials, redirect: false });
    return signInProblem(result?.error ?? (result?.ok ? null : "unknown"));
  } catch {
    return { message: "The server did not respond. Check your connection and try again." };
  }
}
