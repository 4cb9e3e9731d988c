import { TextInput } from "@mantine/core";

/** Asks for the code of the authenticator app, once sign-in has said that the account has one. */
export function CodeField() {
  return (
    <TextInput
      label="Code"
      description="From your authenticator app, or a recovery code"
      name="code"
      autoComplete="one-time-code"
      required
      withAsterisk={false}
      autoFocus
    />
  );
}
