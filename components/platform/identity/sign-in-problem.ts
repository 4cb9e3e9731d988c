import { passwordProblems } from "#server/platform/identity/constants.ts";

export interface SignInProblem {
  message: string;
  /** Seconds until the next try. */
  waitSeconds?: number;
  /** Whether a code of the authenticator app is missing or wrong. */
  isAboutCode?: boolean;
}

const disabled = "This account is disabled, or not a member of any workspace. Ask an admin.";

const problems: Record<string, string> = {
  unauthenticated: "Incorrect email or password.",
  forbidden: disabled,
  "not-found": "This invitation is no longer valid. Ask an admin of the workspace for a new one.",
  conflict: "You are already a member, or your account was just created. Sign in.",
  invalid: "Enter your name, email and password.",
  code: "This code is incorrect or was used before. Enter a new one.",
  "rate-limited": "Too many attempts.",
  "company-invalid":
    "Your company account has no verified email address, which Leeway requires. Contact your account administrator.",
  "company-not-found":
    "There is no Leeway account for your company account, or the invitation is no longer valid. Ask an admin to invite you.",
  "company-forbidden": `${disabled} An invitation can only be accepted with the address that it names.`,
  "company-conflict":
    "Your email already has an account. Sign in with your password, and link your company account under Settings, Your account.",
  AccessDenied: "Your identity provider denied the sign-in.",
  OAuthSignin: "Could not reach your identity provider. Try again, or contact your Leeway administrator.",
  OAuthCallback: "Company sign-in was not completed. Try again.",
};

/** Describes a failed sign-in; undefined if there was none. `error` comes from the URL or from next-auth. */
export function signInProblem(error: string | null | undefined): SignInProblem | undefined {
  if (!error) return undefined;
  const [code = "", detail] = error.split(":");
  if (code === "password" && detail && Object.hasOwn(passwordProblems, detail)) {
    return { message: passwordProblems[detail as keyof typeof passwordProblems] };
  }
  const message =
    problems[code] ??
    "Sign-in failed. Try again; if the problem persists, ask your Leeway administrator to check the server log.";
  if (code === "code") return { message, isAboutCode: true };
  const waitSeconds = Number(detail);
  return waitSeconds > 0 ? { message, waitSeconds } : { message };
}
