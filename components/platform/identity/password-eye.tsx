import { IconEye, IconEyeOff } from "@tabler/icons-react";

/** The button inside a password field that shows what was typed, for keys as well. */
export const passwordEye = {
  visibilityToggleButtonProps: { "aria-label": "Show password", tabIndex: 0 },
  visibilityToggleIcon: ({ reveal }: { reveal: boolean }) =>
    reveal ? <IconEyeOff size={15} stroke={1.8} /> : <IconEye size={15} stroke={1.8} />,
};
