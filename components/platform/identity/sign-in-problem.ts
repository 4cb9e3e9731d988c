export interface SignInProblem {
  message: string;
  /** Seconds until the next try. */
  waitSeconds?: number;
  /** Whether a code of the authenticator app is missing or wrong. */
  isAboutCode?: boolean;
}

const problems: Record<string, string> = {
  unauthenticated: "Incorrect email or password.",
  forbidden: "This account is disabled. An admin can enable it under Settings, People.",
  invalid: "Enter your email and password.",
  code: "This code is incorrect or was used before. Enter a new one.",
  "rate-limited": "Too many attempts.",
  "company-invalid":
    "Your company account has no verified email address, which Leeway requires. Contact your account administrator.",
  "company-not-found":
    "There is no Leeway account for your company account. Ask an admin to add your email under Settings, People.",
  "company-forbidden": "This account is disabled. An admin can enable it under Settings, People.",
  "company-conflict": "Your account was just created. Continue with company sign-in again.",
  AccessDenied: "Your identity provider denied the sign-in.",
  OAuthSignin: "Could not reach your identity provider. Try again, or contact your Leeway administrator.",
  OAuthCallback: "Company sign-in was not completed. Try again.",
};

/** Describes a failed sign-in; undefined if there was none. `error` comes from the URL or from next-auth. */
export function signInProblem(error: string | null | undefined): SignInProblem | undefined {
  if (!error) return undefined;
  const [code = "", seconds] = error.split(":");
  const message =
    problems[code] ??
    "Sign-in failed. Try again; if the problem persists, ask your Leeway administrator to check the server log.";
  if (code === "code") return { message, isAboutCode: true };
  const waitSeconds = Number(seconds);
  return waitSeconds > 0 ? { message, waitSeconds } : { message };
}
