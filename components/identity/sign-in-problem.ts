export interface SignInProblem {
  message: string;
  /** Seconds until the next try. */
  waitSeconds?: number;
}

const problems: Record<string, string> = {
  unauthenticated: "Email or password is wrong.",
  forbidden: "This account is disabled. An admin can enable it under Settings, People.",
  invalid: "Give your email and your password.",
  "rate-limited": "Too many tries.",
  "company-invalid":
    "Your company account has no verified email address, which Leeway needs. Ask who runs the accounts.",
  "company-not-found": "Your company account is not known here. Ask an admin to add your email under Settings, People.",
  "company-forbidden": "This account is disabled. An admin can enable it under Settings, People.",
  "company-conflict": "Your account was made at the same moment. Continue with company sign-in again.",
  AccessDenied: "The company sign-in refused you.",
  OAuthSignin: "The company sign-in cannot be reached. Try again, or ask who runs Leeway.",
  OAuthCallback: "The company sign-in was not finished. Try again.",
};

/** What to tell about a failed sign-in; undefined when there was none. `error` comes from the address or from next-auth. */
export function signInProblem(error: string | null | undefined): SignInProblem | undefined {
  if (!error) return undefined;
  const [code = "", seconds] = error.split(":");
  const message = problems[code] ?? "Sign-in failed. Try again; if it stays so, ask who runs Leeway to read its log.";
  const waitSeconds = Number(seconds);
  return waitSeconds > 0 ? { message, waitSeconds } : { message };
}
