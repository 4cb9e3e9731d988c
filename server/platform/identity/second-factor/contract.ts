import { z } from "zod";

const CurrentPassword = z.string().min(1, "Enter your current password.").max(1024);
const Code = z.string().trim().min(1, "Enter a code.").max(100);

export const StartSecondFactor = z.object({ currentPassword: CurrentPassword });
export type StartSecondFactor = z.input<typeof StartSecondFactor>;

/** What an authenticator app needs, shown until the person has entered a first code. */
export const NewSecondFactor = z.object({
  /** In base 32, for typing. */
  secret: z.string(),
  /** The same as an address, for a QR code. */
  address: z.string(),
});
export type NewSecondFactor = z.infer<typeof NewSecondFactor>;

export const ConfirmSecondFactor = z.object({ code: Code });
export type ConfirmSecondFactor = z.input<typeof ConfirmSecondFactor>;

/** Shown once. */
export const RecoveryCodes = z.object({ recoveryCodes: z.array(z.string()) });
export type RecoveryCodes = z.infer<typeof RecoveryCodes>;

export const RemoveSecondFactor = z.object({ currentPassword: CurrentPassword, code: Code });
export type RemoveSecondFactor = z.input<typeof RemoveSecondFactor>;

export const ResetSecondFactor = z.object({
  userId: z.uuid(),
  reason: z.string().trim().max(2000).optional(),
});
export type ResetSecondFactor = z.input<typeof ResetSecondFactor>;

export const SecondFactor = z.object({
  /** Since when sign-in asks for a code; null: it does not. */
  since: z.date().nullable(),
  recoveryCodesLeft: z.number().int(),
});
export type SecondFactor = z.infer<typeof SecondFactor>;
