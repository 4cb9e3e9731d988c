/** Actions of the audit log about sign-ins; all begin with "sign-in.". */
export type AttemptAction = "sign-in.failed" | "sign-in.throttled";

/** Actions of the entry that counts an episode of repeated attempts. */
export const endOf: Record<AttemptAction, string> = {
  "sign-in.failed": "sign-in.failures-ended",
  "sign-in.throttled": "sign-in.throttling-ended",
};

/** Actor of attempts by someone who did not sign in. */
export const notSignedIn = { kind: "system", id: "sign-in", name: "Not signed in" } as const;

/** Returns the subject of a person in the audit log, as other entries about people have it. */
export const subjectOf = (email: string): string => `user/${email}`;
